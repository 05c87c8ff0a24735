import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP proxy that refuses everything with 403 and tells what was asked for. @returns its port of 127.0.0.1 */
export async function denyingProxy(tell: (to: string) => void): Promise<number> {
  const proxy = createServer((request, response) => {
    tell(destination(request.url ?? ''));
    response.writeHead(403, { 'content-type': 'text/plain' }).end('a drill reaches nothing outside\n');
  });
  proxy.on('connect', (request, socket) => {
    tell(request.url ?? '');
    socket.on('error', () => {});
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return (proxy.address() as AddressInfo).port;
}

function destination(url: string): string {
  if (!URL.canParse(url)) return url;
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
}
