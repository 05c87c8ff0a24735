import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bootServer } from '../../src/drill/server/boot-server.ts';
import { findServerProgram } from '../../src/drill/server/server-program.ts';
import { ways } from '../../src/drill/server/ways.ts';
import { LifeboatError } from '../../src/report/errors.ts';
import { silentReporter, type Warning } from '../../src/report/progress.ts';
import { fixtureEncryptionKey, loadFixture } from '../support/fixtures.ts';
import { type TestDatabase, testServer } from '../support/postgres.ts';
import { namespaceHere, Room } from './confined.ts';

const here = await namespaceHere();
const skip = here.way === null ? `no network namespace on this machine: ${here.why}` : false;
const proxy = ways.filter(({ how }) => how === 'proxy');

/**
 * In place of a Letta server: answers that it is well, refuses all else, says what it knows of its surroundings, speaks to
 * the database, and calls what it finds there as a server would that sends callbacks.
 */
const stranger = `
import http.server, json, os, socket, struct, sys, urllib.parse, urllib.request
port = int(sys.argv[sys.argv.index('--port') + 1])
uri = urllib.parse.urlsplit(os.environ['LETTA_PG_URI'])
with socket.create_connection((uri.hostname, uri.port), timeout=5) as database:
    words = b'user\\0' + uri.username.encode() + b'\\0database\\0' + uri.path[1:].encode() + b'\\0\\0'
    database.sendall(struct.pack('!II', 8 + len(words), 196608) + words)
    greeting = database.recv(1)
json.dump({'env': dict(os.environ), 'cwd': os.getcwd(), 'greeting': greeting.decode()}, open('said.json', 'w'))
try:
    urllib.request.urlopen('http://callbacks.example.org:8080/done', timeout=3)
except OSError:
    pass
class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == '/v1/health/' else 404)
        self.end_headers()
        self.wfile.write(b'{}')
http.server.ThreadingHTTPServer(('127.0.0.1', port), Answers).serve_forever()
`;

describe('a server on a drilled database', () => {
  let database: TestDatabase;
  before(async () => {
    database = await loadFixture(await testServer(), 'letta-0.16.8');
    await database.query(`update runs set callback_url = 'http://callbacks.example.org:8080/done' where id = (select min(id) from runs)`);
  });
  after(() => database.drop());

  const boot = async (room: Room, letta: string, options: Partial<Parameters<typeof bootServer>[0]> = {}) => {
    const program = await findServerProgram(await room.environment('0.16.8', letta));
    const signal = new AbortController().signal;
    const given = { url: database.url, encryptionKey: fixtureEncryptionKey, directory: room.directory, reporter: silentReporter, signal };
    return bootServer({ program, ...given, ...options });
  };

  test('what it answers otherwise than the rows is counted, and a callback that it calls is found', { skip }, async () => {
    process.env.OPENAI_API_KEY = 'sk-of-the-caller';
    await using room = await Room.make();
    const result = await boot(room, stranger).finally(() => delete process.env.OPENAI_API_KEY);
    assert.equal(result.version, '0.16.8');
    assert.ok(result.secondsToFirstAnswer > 0 && result.secondsToFirstAnswer < 60);
    assert.deepEqual(result.network, {
      how: 'a network namespace with no way out',
      attempts: [{ to: 'callbacks.example.org:8080', count: 1 }],
      controlCaught: true,
    });
    const callbacks = result.compared.find(({ what }) => what === 'attempts to reach callbacks of runs and jobs');
    assert.deepEqual(callbacks, { what: 'attempts to reach callbacks of runs and jobs', expected: 0, found: 1, equal: false });
    const agents = result.compared.find(({ what }) => what.startsWith('agents of') && what.includes('hidden'));
    assert.deepEqual([agents?.expected, agents?.found, agents?.equal], [18, 0, false]);
    assert.match(agents?.what ?? '', /HTTP 404$/);
    assert.deepEqual(
      result.compared.filter(({ equal }) => equal).map(({ what }) => what),
      ['attempts to reach MCP servers', 'attempts to reach vector stores'],
    );

    const said = JSON.parse(await readFile(join(room.directory, 'home/said.json'), 'utf8')) as {
      env: Record<string, string>;
      cwd: string;
      greeting: string;
    };
    assert.equal(said.greeting, 'R', 'PostgreSQL answered through the socket');
    assert.equal(said.cwd, join(room.directory, 'home'));
    const known = ['HOME', 'LANG', 'LC_CTYPE', 'PATH', 'PYTHONDONTWRITEBYTECODE', 'PYTHONUNBUFFERED', 'TMPDIR'];
    const letta = ['LETTA_DIR', 'LETTA_DISABLE_SQLALCHEMY_POOLING', 'LETTA_ENCRYPTION_KEY', 'LETTA_PG_URI'];
    assert.deepEqual(
      Object.keys(said.env)
        .filter((name) => name !== 'LC_CTYPE')
        .sort(),
      [...known.filter((name) => name !== 'LC_CTYPE'), ...letta].sort(),
    );
  });

  test('behind a proxy the same is found, and it is said to be weaker', async () => {
    await using room = await Room.make();
    const warnings: Warning[] = [];
    const reporter = { ...silentReporter, warning: (warning: Warning) => warnings.push(warning) };
    const result = await boot(room, stranger, { ways: proxy, reporter });
    assert.deepEqual(
      warnings.map(({ code, partial }) => [code, partial]),
      [['server-network-weaker', true]],
    );
    assert.match(result.network?.how ?? '', /weaker/);
    assert.deepEqual(result.network?.attempts, [{ to: 'callbacks.example.org:8080', count: 1 }]);
    assert.equal(result.compared.find(({ what }) => what.includes('callbacks'))?.found, 1);
  });

  test('packets that nobody looked at are warned of', { skip }, async () => {
    await using room = await Room.make();
    const warnings: Warning[] = [];
    const program = await findServerProgram(await room.environment('0.16.8', stranger));
    await rename(program.python, `${program.python}-real`);
    await room.program(
      'venv/bin/python',
      `#!/bin/sh\ncase "$3" in */network.py) ${program.python}-real "$@" | sed -u 's/"dropped": 0/"dropped": 3/';; *) exec ${program.python}-real "$@";; esac\n`,
    );
    const given = { program, url: database.url, encryptionKey: null, directory: room.directory, signal: new AbortController().signal };
    const reporter = { ...silentReporter, warning: (warning: Warning) => warnings.push(warning) };
    const result = await bootServer({ ...given, reporter });
    assert.match(result.network?.how ?? '', /; 3 packets were not seen/);
    assert.deepEqual(
      warnings.map(({ code, partial }) => [code, partial]),
      [['server-attempts-unseen', true]],
    );
  });

  test('where the control is not caught, no server is started', { skip }, async () => {
    await using room = await Room.make();
    const program = await findServerProgram(await room.environment('0.16.8', `open(${JSON.stringify(join(room.directory, 'ran'))}, 'w')`));
    // The environment's Python watches the network, and this one watches nothing.
    const blind = await room.program(
      'blind.py',
      `import json, sys\nprint(json.dumps({'ready': {'ipv6': True}}), flush=True)\nfor line in sys.stdin: print(json.dumps({'seen': line.strip(), 'dropped': 0}), flush=True)`,
    );
    await rename(program.python, `${program.python}-real`);
    await room.program(
      'venv/bin/python',
      `#!/bin/sh\ncase "$3" in */network.py) exec ${program.python}-real ${blind};; *) exec ${program.python}-real "$@";; esac\n`,
    );
    const given = { program, url: database.url, encryptionKey: null, directory: room.directory, reporter: silentReporter };
    await assert.rejects(bootServer({ ...given, signal: new AbortController().signal }), (error: LifeboatError) => {
      assert.equal(error.code, 'drill-control');
      assert.match(error.message, /203\.0\.113\.9:443: failed/);
      return true;
    });
    assert.equal(existsSync(join(room.directory, 'ran')), false);
  });

  test('a machine that can confine nothing starts no server, and says why', async () => {
    await using room = await Room.make();
    const broken = [{ how: 'namespace', command: ['/nowhere/unshare', '--net'], says: '' }] as const;
    await assert.rejects(boot(room, stranger, { ways: broken }), (error: LifeboatError) => {
      assert.equal(error.code, 'drill-confinement');
      assert.match(error.message, /\/nowhere\/unshare --net: .*ENOENT/);
      return true;
    });
  });

  test('a server that ends is reported with the last that it said', async () => {
    await using room = await Room.make();
    const dying = `import sys\nprint('alembic: no such revision')\nsys.exit(3)`;
    await assert.rejects(boot(room, dying), (error: LifeboatError) => {
      assert.equal(error.code, 'letta-server-failed');
      assert.match(error.message, /Letta 0\.16\.8 did not start .* it ended with code 3/);
      assert.match(error.why, /alembic: no such revision/);
      return true;
    });
  });

  test('an interruption ends it at once', async () => {
    await using room = await Room.make();
    const controller = new AbortController();
    const sleeping = `import time\nopen('began', 'w')\ntime.sleep(600)`;
    const booting = boot(room, sleeping, { signal: controller.signal });
    booting.catch(() => {});
    while (!existsSync(join(room.directory, 'home/began'))) await new Promise((resolve) => setTimeout(resolve, 50));
    const began = performance.now();
    controller.abort(new LifeboatError('interrupted'));
    await assert.rejects(booting, (error: LifeboatError) => error.code === 'interrupted');
    assert.ok(performance.now() - began < 5_000);
  });
});

describe('finding a server', () => {
  const refused = (path: string, reason: RegExp) =>
    assert.rejects(
      findServerProgram(path),
      (error: LifeboatError) => error.code === 'letta-program-unusable' && reason.test(error.message),
    );

  test('a directory and its executable are the same server', async () => {
    await using room = await Room.make();
    const home = await room.environment('0.13.0', '');
    const byDirectory = await findServerProgram(home);
    assert.equal(byDirectory.version, '0.13.0');
    assert.deepEqual(await findServerProgram(join(home, 'bin/letta')), byDirectory);
  });

  test('what is none is refused with the reason', async () => {
    await using room = await Room.make();
    await refused(join(room.directory, 'nothing'), /no such file/);
    await refused(room.directory, /no executable bin\/letta/);
    const lonely = await room.program('letta', '');
    await refused(lonely, /no Python beside/);
    await chmod(lonely, 0o644);
    await refused(lonely, /not executable/);
    await room.program('python', '#!/bin/sh\nexec python3 "$@"\n');
    await chmod(lonely, 0o755);
    await refused(lonely, /letta/);
  });
});
