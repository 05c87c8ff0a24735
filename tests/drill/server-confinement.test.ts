import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ways } from '../../src/drill/server/ways.ts';
import { namespaceHere, Room, runIn } from './confined.ts';

const here = await namespaceHere();
const skip = here.way === null ? `no network namespace on this machine: ${here.why}` : false;
const namespace = here.way ?? ways[0] ?? assert.fail();
const proxy = ways.find(({ how }) => how === 'proxy') ?? assert.fail();

/** Tries to reach this and that, and says how it went. */
const attempts = `
import socket
def attempt(what, family, address, kind=socket.SOCK_STREAM):
    try:
        with socket.socket(family, kind) as s:
            s.settimeout(3)
            s.connect(address) if kind == socket.SOCK_STREAM else s.sendto(b'hello', address)
        print(what, 'went')
    except OSError as error:
        print(what, type(error).__name__)
attempt('name', socket.AF_INET, ('hooks.example.org', 8443))
attempt('name', socket.AF_INET, ('hooks.example.org', 8443))
attempt('address', socket.AF_INET, ('10.1.2.3', 6379))
attempt('six', socket.AF_INET6, ('2001:db8::7', 80))
attempt('datagram', socket.AF_INET, ('8.8.8.8', 53), socket.SOCK_DGRAM)
attempt('here', socket.AF_INET, ('127.0.0.1', 9999))
socket.getaddrinfo('looked-up.example.org', 443)
`;

describe('a network namespace', { skip }, () => {
  test('the control is caught, and every attempt is refused, counted and named', async () => {
    await using room = await Room.make();
    const confinement = await room.open(namespace);
    try {
      const { caught, outcomes } = await confinement.control();
      assert.equal(caught, true, JSON.stringify(outcomes));
      assert.deepEqual(await confinement.attempts(), { attempts: [], unseen: 0 }, 'the control is no attempt');
      const said = await runIn(confinement, room, attempts);
      assert.match(said, /^name ConnectionRefusedError\nname ConnectionRefusedError\naddress ConnectionRefusedError\n/);
      assert.match(said, /here ConnectionRefusedError/);
      const six = confinement.ready.ipv6 ? [{ to: '[2001:db8::7]:80', count: 1 }] : [];
      assert.deepEqual(await confinement.attempts(), {
        attempts: [
          { to: '10.1.2.3:6379', count: 1 },
          { to: '127.0.0.1:9999', count: 1 },
          { to: '8.8.8.8:53 (udp)', count: 1 },
          ...six,
          { to: 'hooks.example.org:8443', count: 2 },
          { to: 'looked-up.example.org (name looked up)', count: 1 },
        ],
        unseen: 0,
      });
    } finally {
      await confinement.close();
    }
  });

  test('the way of a process that may do everything is one, too', async (context) => {
    const way = ways.find(({ how, command }) => how === 'namespace' && !command.includes('--user')) ?? assert.fail();
    if (process.getuid?.() !== 0) return context.skip('not root');
    await using room = await Room.make();
    const confinement = await room.open(way).catch((error: Error) => context.skip(error.message));
    if (!confinement) return;
    try {
      assert.equal((await confinement.control()).caught, true);
    } finally {
      await confinement.close();
    }
  });

  test('what listens on this machine cannot be reached', async () => {
    const server = createServer((_, response) => response.end('secret')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const program = `import urllib.request\nprint(urllib.request.urlopen('http://127.0.0.1:${port}').read())`;
    await using room = await Room.make();
    const confinement = await room.open(namespace);
    try {
      assert.match(await runIn(confinement, room, program), /Connection refused/);
      assert.deepEqual((await confinement.attempts()).attempts, [{ to: `127.0.0.1:${port}`, count: 1 }]);
    } finally {
      await confinement.close();
      server.close();
    }
  });

  test('a watcher that sees nothing lets the control through', async () => {
    await using room = await Room.make();
    // Says that all is well, and does not look.
    const blind = `import json, sys\nprint(json.dumps({'ready': {'ipv6': True}}), flush=True)\nfor line in sys.stdin: print(json.dumps({'seen': line.strip(), 'dropped': 0}), flush=True)`;
    const file = await room.program('blind.py', blind);
    const python = await room.program(
      'python',
      `#!/bin/sh\ncase "$3" in */network.py) exec python3 ${file};; *) exec python3 "$@";; esac\n`,
    );
    const confinement = await room.open(namespace, python);
    try {
      const { caught, outcomes } = await confinement.control();
      assert.equal(caught, false);
      assert.ok(
        Object.values(outcomes).every((outcome) => outcome.startsWith('failed')),
        'nothing got out, but nobody would know',
      );
    } finally {
      await confinement.close();
    }
  });

  test('a control that reaches something is not caught', async () => {
    await using room = await Room.make();
    // Plays an outside that answers: the attempt is recorded, and goes through.
    const reaching = `import json, runpy, sys, socket\nclass Open:\n    def close(self): pass\nreal = socket.create_connection\ndef create(*args, **kwargs):\n    try: real(*args, **kwargs)\n    except OSError: pass\n    return Open()\nsocket.create_connection = create\nsys.argv.pop(0)\nrunpy.run_path(sys.argv[0], run_name='__main__')`;
    const file = await room.program('reaching.py', reaching);
    const python = await room.program(
      'python',
      `#!/bin/sh\ncase "$3" in */control.py) shift 2; exec python3 ${file} "$@";; *) exec python3 "$@";; esac\n`,
    );
    const confinement = await room.open(namespace, python);
    try {
      const { caught, outcomes } = await confinement.control();
      assert.deepEqual(Object.values(outcomes), ['reached', 'reached']);
      assert.equal(caught, false);
    } finally {
      await confinement.close();
    }
  });

  test('it ends with the drill, even by kill -9', async () => {
    await using room = await Room.make();
    const script = await room.program(
      'drill.ts',
      `import { Confinement } from '${join(import.meta.dirname, '../../src/drill/server/confinement.ts')}';
       const directory = ${JSON.stringify(room.directory)};
       const confinement = await Confinement.open(${JSON.stringify(namespace)}, { python: 'python3', directory, postgresSocket: directory + '/pg', serverSocket: directory + '/http' });
       confinement.start({ program: 'sleep', args: ['987654'], env: { PATH: process.env.PATH, HOME: directory }, log: directory + '/log' });
       console.log(JSON.stringify({ keeper: confinement.pid }));`,
    );
    const drill = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(drill.stdout, 'data')) as [Buffer];
    const { keeper } = JSON.parse(String(line)) as { keeper: number };
    const sleeping = () => processesWith('987654');
    for (let waited = 0; waited < 5_000 && (await sleeping()).length === 0; waited += 50) await sleep(50);
    assert.equal((await sleeping()).length, 1);
    drill.kill('SIGKILL');
    for (let waited = 0; waited < 5_000 && (await sleeping()).length > 0; waited += 50) await sleep(50);
    assert.deepEqual(await sleeping(), []);
    const keeping = () => readFile(`/proc/${keeper}/cmdline`, 'utf8').catch(() => '');
    for (let waited = 0; waited < 2_000 && (await keeping()) !== ''; waited += 50) await sleep(50);
    assert.equal(await keeping(), '');
  });
});

test('a keeper without a network of its own changes nothing and refuses', { skip: process.platform !== 'linux' }, async () => {
  await using room = await Room.make();
  await assert.rejects(room.open({ how: 'namespace', command: [], says: '' }), /no network of its own/);
  assert.doesNotMatch(await readFile('/proc/net/route', 'utf8'), /^lo\s+0{8}/m);
});

test('a way that this machine does not have is said to be none', async () => {
  await using room = await Room.make();
  await assert.rejects(room.open({ how: 'namespace', command: ['/nowhere/unshare'], says: '' }), /ENOENT/);
});

describe('a denying proxy', () => {
  test('the control is caught, and what respects the proxy is refused and named', async () => {
    await using room = await Room.make();
    const confinement = await room.open(proxy);
    try {
      const { caught, outcomes } = await confinement.control();
      assert.equal(caught, true, JSON.stringify(outcomes));
      const said = await runIn(
        confinement,
        room,
        `import urllib.request
for url in ('http://hooks.example.org:8080/done', 'https://api.example.org/v1', 'http://127.0.0.1:9999/'):
    try: urllib.request.urlopen(url)
    except Exception as error: print(error)`,
      );
      assert.equal(said.match(/403/g)?.length, 3, said);
      assert.deepEqual((await confinement.attempts()).attempts, [
        { to: '127.0.0.1:9999', count: 1 },
        { to: 'api.example.org:443', count: 1 },
        { to: 'hooks.example.org:8080', count: 1 },
      ]);
    } finally {
      await confinement.close();
    }
  });

  test('it ends with the drill, and takes along what the server started', async () => {
    await using room = await Room.make();
    const confinement = await room.open(proxy);
    confinement.start({
      program: 'sh',
      args: ['-c', 'sleep 876543 & wait'],
      env: { PATH: process.env.PATH ?? '', HOME: room.directory },
      log: join(room.directory, 'log'),
    });
    const sleeping = () => processesWith('876543');
    for (let waited = 0; waited < 5_000 && (await sleeping()).length < 2; waited += 50) await sleep(50);
    await confinement.close();
    for (let waited = 0; waited < 2_000 && (await sleeping()).length > 0; waited += 50) await sleep(50);
    assert.deepEqual(await sleeping(), []);
  });
});

async function processesWith(word: string): Promise<string[]> {
  const ps = spawn('ps', ['-axww', '-o', 'stat=,args='], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  ps.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  await once(ps, 'close');
  return text.split('\n').filter((line) => line.includes(word) && !line.startsWith('Z'));
}
