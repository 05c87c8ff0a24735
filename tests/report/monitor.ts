import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Told {
  method: string;
  /** Path without the query. */
  path: string;
  query: URLSearchParams;
  body: string;
  agent: string;
}

type Answer = (told: Told, response: ServerResponse) => void;

/** A monitor that remembers what it was told. A real HTTP server on a free port. */
export async function monitor(answer: Answer = (_, response) => response.end('OK')) {
  const told: Told[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const url = new URL(request.url ?? '/', 'http://monitor');
    const body = (await Array.fromAsync(request as AsyncIterable<Buffer>)).map(String).join('');
    const one = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      body,
      agent: request.headers['user-agent'] ?? '',
    };
    told.push(one);
    answer(one, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    told,
    server,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
