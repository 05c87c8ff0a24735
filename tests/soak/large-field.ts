import type { TestServer } from '../support/postgres.ts';

/** Adds a table with one field of `bytes` bytes that does not compress away. */
export async function addLargeField(server: TestServer, database: string, bytes: number): Promise<void> {
  const rounds = Math.ceil(bytes / (32 * 1024));
  await server.query('create table large_fields (id integer primary key, value text not null)', [], database);
  await server.query(
    `insert into large_fields select 1, string_agg(repeat(md5(i::text), 8) || repeat(md5((i * 31)::text), 8) || repeat(md5((i * 77)::text), 8) || repeat(md5(i || 'x'), 1000), '') from generate_series(1, ${rounds}) i`,
    [],
    database,
  );
}
