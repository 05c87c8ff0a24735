import { createServer, type Server, type Socket } from 'node:net';

/**
 * Listens, and passes the bytes of every connection on to one that `connect` opens. Ends either when the other ends.
 * @param at a path of a socket, or a port of 127.0.0.1 (0: any)
 */
export async function relay(at: string | number, connect: (client: Socket) => Socket | Promise<Socket>): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, async (near) => {
    near.on('error', () => near.destroy());
    let far: Socket;
    try {
      far = await connect(near);
    } catch {
      near.destroy();
      return;
    }
    far.on('error', () => far.destroy());
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    if (typeof at === 'string') server.listen(at, resolve);
    else server.listen(at, '127.0.0.1', resolve);
  });
  return server;
}
