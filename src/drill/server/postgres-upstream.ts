import { once } from 'node:events';
import { connect as connectTcp, type Server, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { ServerTarget } from '../../postgres/server-target.ts';
import { relay } from './relay.ts';

/** PostgreSQL's requests before the first message: length 8 and a code (protocol 3.0, §55.2). */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
const gssRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x30]);

/**
 * A socket at `path` behind which the database server of a target is, encrypted on the way there as the target asks for.
 * So a confined server reaches this one database and needs no network for it.
 */
export function serveDatabaseAt(path: string, target: ServerTarget): Promise<Server> {
  return relay(path, (client) => reach(target, client));
}

async function reach(target: ServerTarget, client: Socket): Promise<Socket> {
  const socket = target.host.startsWith('/')
    ? connectTcp({ path: `${target.host}/.s.PGSQL.${target.port}` })
    : connectTcp({ host: target.host, port: target.port });
  await once(socket, 'connect');
  const wanted = target.tls.find((tls) => tls !== false);
  // As libpq: what is tried first counts.
  if (target.tls[0] === false || wanted === undefined) return socket;
  socket.write(sslRequest);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  if (answer.toString('latin1', 0, 1) === 'S') {
    await declineEncryption(client);
    return encrypted(socket, wanted, target.host);
  }
  if (target.tls.includes(false)) return socket;
  socket.destroy();
  throw new Error('the server does not encrypt');
}

async function encrypted(socket: Socket, options: ConnectionOptions, host: string): Promise<Socket> {
  const secured = connectTls({ ...options, socket, ...(host.match(/^[\d.]+$|:/) ? {} : { servername: host }) });
  await once(secured, 'secureConnect');
  return secured;
}

/** A client that asks for encryption on the inner, plain way is told that there is none; the server would not understand. */
async function declineEncryption(client: Socket): Promise<void> {
  for (;;) {
    await once(client, 'readable');
    const begin: Buffer | null = client.read();
    if (begin === null) return;
    if (!sslRequest.equals(begin) && !gssRequest.equals(begin)) return client.unshift(begin);
    client.write('N');
  }
}
