import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { ServerQuestions } from '../../src/drill/server/ask-server.ts';
import { compareOrder, compareSets, listIds, listMessages } from '../../src/drill/server/compare-lists.ts';
import { answerTo, readQuestion } from '../../src/drill/server/name-answers.ts';
import { NamedAttempts } from '../../src/drill/server/named-attempts.ts';
import { compareAttempts } from '../../src/drill/server/outside-addresses.ts';
import { serverEnvironment } from '../../src/drill/server/server-environment.ts';
import { requireRelease } from '../../src/drill/server/server-release.ts';
import type { LifeboatError } from '../../src/report/errors.ts';

describe('lists of a server', () => {
  /** 23 messages as a Letta server pages through them: the newest page first, each in order of time; some in two parts. */
  const messages = Array.from({ length: 23 }, (_, place) => `message-${String(place).padStart(2, '0')}`);

  async function serving<Result>(work: (questions: ServerQuestions, asked: string[]) => Promise<Result>): Promise<Result> {
    const asked: string[] = [];
    const server: Server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
      asked.push(`${pathname} ${searchParams} as ${request.headers.user_id}`);
      const limit = Number(searchParams.get('limit'));
      const [before, after] = [searchParams.get('before'), searchParams.get('after')];
      if (pathname === '/refused/') return response.writeHead(400).end('{"detail":"sk-secret is no key"}');
      const page = pathname.endsWith('/messages')
        ? messages.slice(0, before === null ? undefined : messages.indexOf(before)).slice(-limit)
        : messages.slice(after === null ? 0 : messages.indexOf(after) + 1).slice(0, limit);
      response.end(JSON.stringify(page.flatMap((id) => (id.endsWith('5') ? [{ id }, { id }] : [{ id }]))));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const at = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
      return await work(new ServerQuestions(at, new AbortController().signal), asked);
    } finally {
      server.close();
    }
  }

  test('are read to the end, in pages, as the user', async () => {
    await serving(async (questions, asked) => {
      assert.deepEqual(await listIds(questions, '/list/', 'user-1', { page: 5 }), messages);
      assert.equal(asked.length, 6);
      assert.equal(asked[1], '/list/ limit=5&after=message-04 as user-1');
    });
  });

  test('of messages come oldest first, each once, as many of the newest as asked for', async () => {
    await serving(async (questions) => {
      const pages = { page: 4, without: new Set<string>(), most: 1000 };
      assert.deepEqual(await listMessages(questions, 'agent-1', 'user-1', pages), messages);
      assert.deepEqual(await listMessages(questions, 'agent-1', 'user-1', { ...pages, most: 6 }), messages.slice(-6));
      const without = new Set(['message-22', 'message-19']);
      assert.deepEqual(await listMessages(questions, 'agent-1', 'user-1', { ...pages, without, most: 3 }), [
        'message-18',
        'message-20',
        'message-21',
      ]);
    });
  });

  test('that are refused are told by status, without the words: they can hold values', async () => {
    await serving(async (questions) => {
      const found = await listIds(questions, '/refused/', 'user-1', { page: 5 });
      assert.deepEqual(compareSets('agents', messages, found), { what: 'agents: HTTP 400', expected: 23, found: 0, equal: false });
    });
    const nobody = new ServerQuestions({ host: '127.0.0.1', port: 1 }, new AbortController().signal);
    assert.deepEqual(await listIds(nobody, '/list/', 'user-1', { page: 5 }), { refused: 'no answer' });
  });

  test('differ by a missing one, another one, and where it counts by order', () => {
    assert.equal(compareSets('x', ['a', 'b'], ['b', 'a']).equal, true);
    assert.deepEqual(compareSets('x', ['a', 'b'], ['b']), { what: 'x', expected: 2, found: 1, equal: false });
    assert.deepEqual(compareSets('x', ['a', 'b'], ['b', 'c']).what, 'x: other ids, or another order');
    assert.equal(compareOrder('x', ['a', 'b'], ['b', 'a']).equal, false);
    assert.equal(compareOrder('x', ['a', 'b'], ['a', 'b']).equal, true);
  });
});

describe('names of attempts', () => {
  test('a name gets an address of its own, and attempts at that address its name', () => {
    const attempts = new NamedAttempts([5432, 53]);
    const address = attempts.addressFor('api.example.org');
    assert.equal(attempts.addressFor('api.example.org'), address);
    assert.notEqual(attempts.addressFor('other.example.org'), address);
    assert.match(address, /^198\.1[89]\./);
    const tcp = { how: 'tcp', source: 40000 };
    assert.equal(attempts.describe({ ...tcp, to: address, port: 443 }), 'api.example.org:443');
    assert.equal(attempts.describe({ ...tcp, to: '10.0.0.1', port: 443 }), '10.0.0.1:443');
    assert.equal(attempts.describe({ ...tcp, to: '::1', port: 80 }), '[::1]:80');
    assert.equal(attempts.describe({ to: '10.0.0.1', port: null, how: 'ping', source: null }), '10.0.0.1 (ping)');
    assert.equal(attempts.describe({ ...tcp, to: '127.0.0.1', port: 5432 }), null);
    assert.equal(attempts.describe({ ...tcp, to: '10.0.0.1', port: 5432 }), '10.0.0.1:5432', 'the same port elsewhere is outside');
    assert.equal(attempts.describe({ to: '127.0.0.1', port: 40000, how: 'udp', source: 53 }), null, 'an answer of ours');
  });

  test('addresses reach beyond the first block, each once', () => {
    const attempts = new NamedAttempts([]);
    const given = Array.from({ length: 70_000 }, (_, place) => attempts.addressFor(`${place}.example.org`));
    assert.equal(new Set(given).size, given.length);
    assert.equal(given.at(-1), '198.19.17.112');
  });

  test('the name server is understood by a real resolver', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const seen: string[] = [];
    socket.on('message', (message, { address, port }) => {
      const question = readQuestion(message);
      assert.ok(question);
      seen.push(`${question.name} ${question.type}`);
      socket.send(answerTo(message, question.type === 1 ? '198.18.0.7' : null), port, address);
    });
    const resolver = new Resolver({ timeout: 2000, tries: 1 });
    resolver.setServers([`127.0.0.1:${socket.address().port}`]);
    assert.deepEqual(await resolver.resolve4('API.Example.org', { ttl: true }), [{ address: '198.18.0.7', ttl: 0 }]);
    await assert.rejects(resolver.resolve6('api.example.org'), { code: 'ENODATA' });
    assert.deepEqual(seen, ['api.example.org 1', 'api.example.org 28']);
    socket.close();
  });

  test('what is no question is passed over', () => {
    assert.equal(readQuestion(Buffer.alloc(3)), null);
    assert.equal(readQuestion(Buffer.alloc(12)), null);
    assert.equal(readQuestion(Buffer.from([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 63, 97])), null, 'cut off in a name');
    assert.equal(readQuestion(Buffer.from([0, 1, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1])), null, 'an answer');
  });
});

test('attempts at addresses that the data names are told from others', () => {
  const addresses = [
    { what: 'callbacks', hosts: ['hooks.example.org', '10.0.0.9', '[2001:db8::1]'] },
    { what: 'vector stores', hosts: ['.turbopuffer.com'] },
  ];
  const attempts = [
    { to: 'hooks.example.org:8443', count: 2 },
    { to: 'hooks.example.org (name looked up)', count: 1 },
    { to: '10.0.0.9:80', count: 1 },
    { to: '[2001:db8::1]:80', count: 1 },
    { to: 'eu.turbopuffer.com:443', count: 4 },
    { to: 'nothooks.example.org:443', count: 9 },
    { to: 'notturbopuffer.com:443', count: 9 },
  ];
  const found = compareAttempts(addresses, attempts).map(({ found, equal }) => [found, equal]);
  assert.deepEqual(found, [
    [5, false],
    [4, false],
  ]);
  assert.ok(compareAttempts(addresses, attempts.slice(-2)).every(({ equal }) => equal));
});

test('a server gets the database, the key and a home, each as its release takes it', () => {
  const target = { user: 'me', password: 'p@ss/word', database: 'a b' };
  const options = { target, postgresPort: 5432, encryptionKey: 'key', home: '/h', path: '/bin' };
  const late = serverEnvironment({ ...options, version: '0.16.8' });
  assert.equal(late.LETTA_PG_URI, 'postgresql://me:p%40ss%2Fword@127.0.0.1:5432/a%20b?sslmode=disable');
  assert.equal(late.LETTA_ENCRYPTION_KEY, 'key');
  const early = serverEnvironment({ ...options, version: '0.11.3', target: { ...target, password: undefined }, encryptionKey: null });
  assert.equal(early.LETTA_PG_URI, 'postgresql://me@127.0.0.1:5432/a%20b');
  assert.equal('LETTA_ENCRYPTION_KEY' in early || 'LETTA_DISABLE_SQLALCHEMY_POOLING' in early, false);
});

test('a server meets only a database of its own revision', () => {
  const program = { letta: '/v/bin/letta', python: '/v/bin/python', version: '0.16.7' };
  requireRelease(program, '/v', '1c28e167b74f');
  requireRelease({ ...program, version: '0.16.8' }, '/v', '1c28e167b74f');
  const refused = (version: string, revision: string | null, words: RegExp, code = 'letta-program-release') =>
    assert.throws(
      () => requireRelease({ ...program, version }, '/v', revision),
      (error: LifeboatError) => error.code === code && words.test(`${error.message} ${error.next}`),
    );
  refused('0.16.2', null, /revision \(none\)/);
  refused('0.16.2', 'feedfacebeef', /revision feedfacebeef.*--release 0\.16\.2/);
  refused('9.9.9', '27de0f58e076', /Letta 9\.9\.9; .* program of Letta 0\.16\.2\.$/);
  refused('0.10.0', '15b577c62f3f', /older than 0\.11\.0/, 'letta-program-unusable');
});
