/** Tests trade durability for speed; here the server is as PostgreSQL comes. */
export const serverSettings = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '128MB',
};
