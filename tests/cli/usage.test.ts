import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { lifeboat } from '../support/program.ts';

const plain = (...args: string[]) => lifeboat(args, { json: false });

describe('help', () => {
  const verbs = [
    'init',
    'backup',
    'list',
    'show',
    'status',
    'verify',
    'restore',
    'upgrade',
    'switch',
    'rollback',
    'former',
    'drill',
    'key',
    'key list',
    'key add',
    'key remove',
    'key export',
    'key kit',
  ];
  for (const verb of verbs) {
    test(`${verb}: usage and examples, each of which begins with the verb`, async () => {
      const { code, stdout } = await plain(...verb.split(' '), '--help');
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`^Usage: lifeboat ${verb} `));
      const examples = stdout
        .slice(stdout.indexOf('\nExamples:\n'))
        .split('\n')
        .filter((line) => line.startsWith('  lifeboat '));
      assert.ok(examples.length > 0, stdout);
      for (const example of examples) assert.ok(example.startsWith(`  lifeboat ${verb} `), example);
      assert.match(stdout, /--json/);
    });
  }

  test('verbs that a timer runs can tell a monitor; others do not offer it', async () => {
    for (const verb of ['backup', 'verify', 'restore', 'upgrade', 'drill', 'status'])
      assert.match((await plain(verb, '--help')).stdout, /--ping <URL>[\s\S]*LIFEBOAT_PING/, verb);
    for (const verb of ['init', 'list', 'switch']) assert.doesNotMatch((await plain(verb, '--help')).stdout, /--ping/, verb);
  });

  test('what does not work yet is not shown', async () => {
    const { stdout } = await plain('--help');
    for (const verb of ['prune', 'agents', 'doctor']) assert.doesNotMatch(stdout, new RegExp(`^  ${verb} `, 'm'));
    assert.doesNotMatch((await plain('restore', '--help')).stdout, /--agent |--on-conflict/);
  });

  test('it loads the command line alone', () => {
    const hooks =
      'import { registerHooks } from "node:module"; registerHooks({ load(url, context, next) { console.error(url); return next(url, context); } });';
    const program = join(import.meta.dirname, '../../bin/lifeboat.mjs');
    const { stderr } = spawnSync(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(hooks)}`, program, '--help'], {
      encoding: 'utf8',
    });
    const rooms = new Set([...stderr.matchAll(/\/src\/(\w+)\//g)].map(([, room]) => room));
    const packages = new Set([...stderr.matchAll(/\/node_modules\/((?:@[\w-]+\/)?[\w-]+)\//g)].map(([, name]) => name));
    assert.deepEqual([[...rooms].sort(), [...packages]], [['cli', 'report'], ['commander']]);
  });

  test('its first line starts it from a shell, and from the scripts that pnpm writes', async () => {
    const program = join(import.meta.dirname, '../../bin/lifeboat.mjs');
    const [line = ''] = (await readFile(program, 'utf8')).split('\n');
    // By this pnpm finds what to start, on every system: its script says `exec WORD REST FILE "$@"`.
    const [, word = '', rest = ''] = /^#!\s*(?:\/usr\/bin\/env(?:\s+-S\s*)?)?\s*([^ \t]+)(.*)$/.exec(line) ?? [];
    const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
    const script = `exec ${word} ${rest} ${JSON.stringify(program)} "$@"`;
    for (const [command, ...args] of [[program], ['sh', '-c', script, 'lifeboat']] as const) {
      const { status, stdout, stderr } = spawnSync(command, [...args, '--version'], { encoding: 'utf8', env });
      assert.deepEqual([status, stderr], [0, ''], command);
      assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
    }
  });

  test('--version is the one in package.json; nothing at all is answered with help and 2', async () => {
    assert.match((await plain('--version')).stdout, /^\d+\.\d+\.\d+\n$/);
    const { code, stderr } = await plain();
    assert.equal(code, 2);
    assert.match(stderr, /^Usage: lifeboat/);
  });
});

describe('wrong usage: exit 2, the registered error, and a way on', () => {
  const cases: [what: string, args: string[], reason: RegExp][] = [
    ['an unknown verb, with the one that was meant', ['bakcup'], /unknown command 'bakcup'.*Did you mean backup/],
    ['an unknown flag', ['list', '--frobnicate'], /unknown option '--frobnicate'/],
    ['a missing word', ['backup'], /missing required argument 'DB'/],
    ['one word too many', ['list', 'more'], /too many arguments/],
    ['a missing flag', ['restore', 'latest'], /'--to <DB>' not specified/],
    ['no vault named', ['list'], /No vault was named/],
    [
      'an unknown layout',
      ['restore', 'latest', '--to', '-', '--layout', 'upside-down', '--vault', '/nowhere', '--dry-run'],
      /--layout upside-down/,
    ],
    ['--against without a database', ['verify', 'latest', '--against', 'latest', '--vault', '/nowhere'], /--against compares a database/],
    ['a word that is no database, and no vault', ['verify', 'lettta'], /lettta was taken for a snapshot/],
    ['a drill at no such place, before any vault is opened', ['drill', '--on', 'nonsense', '--vault', '/nowhere'], /--on nonsense/],
    ['both lists at once', ['show', 'latest', '--tables', '--agents', '--vault', '/nowhere'], /cannot be used with/],
    ['export of what cannot be exported', ['key', 'export', '--vault', '/nowhere'], /writer/],
    ['a switch without a name', ['switch', '-'], /'--to <NAME>' not specified/],
    ['a switch to an address', ['switch', 'pglite:/nowhere/a', '--to', 'postgresql://u@h/b', '--yes'], /name of a database/],
    ['an undo with its words the other way round', ['undo', 'pglite:/nowhere/a', '9f86d081', '--vault', '/nowhere'], /comes first/],
    ['a restore that nobody can confirm', ['restore', 'latest', '--to', '-', '--vault', '/nowhere'], /asks/],
  ];
  for (const [what, args, reason] of cases) {
    test(what, async () => {
      const { code, last, stderr, lines } = await lifeboat(args);
      assert.deepEqual([code, last.type, last.code, last.exit], [2, 'error', 'usage', 2], JSON.stringify(last));
      assert.match(String(last.message), reason);
      assert.ok(String(last.next).length > 5);
      assert.equal(lines.length, 1);
      assert.equal(stderr, '');
    });
  }

  test('a drill looks at its server and its report before any vault is opened', async () => {
    for (const [args, code, message] of [
      [['--server', '/nowhere/letta'], 'letta-program-unusable', /\/nowhere\/letta/],
      [['--report', '/nowhere/reports/x.html'], 'file-unwritable', /there is no directory \/nowhere\/reports/],
      [['--on', 'pglite:/nowhere'], 'drill-not-a-server', /\/nowhere/],
    ] as const) {
      const { last } = await lifeboat(['drill', '--vault', '/nowhere/vault', ...args]);
      assert.equal(last.code, code);
      assert.match(String(last.message), message);
    }
  });

  test('that the line says too little is said only where it does', async () => {
    assert.match((await plain('bakcup')).stderr, /says too little/);
    assert.doesNotMatch((await plain('drill', '--on', 'nonsense', '--vault', '/nowhere')).stderr, /says too little/);
  });

  test('for people, on stderr', async () => {
    const { code, stdout, stderr } = await plain('bakcup');
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^error: unknown command 'bakcup'.*\n.*\n {2}Now: lifeboat --help\n {2}\(usage, exit code 2\)\n$/);
  });
});

describe('no secrets in any output', () => {
  const secret = 's3cret/with@signs';
  const url = `postgresql://letta:${secret}@127.0.0.1:1/letta`;
  for (const args of [
    ['backup', url, '--vault', '/nowhere/vault'],
    ['verify', url],
    ['restore', 'latest', '--to', url, '--vault', '/nowhere/vault', '--yes'],
    ['backup', `mysql://letta:${secret}@host/db`, '--vault', '/nowhere/vault'],
    ['show', url, url, '--vault', '/nowhere/vault'],
    ['list', `--password=${secret}`],
  ]) {
    for (const json of [true, false]) {
      test(`${args[0]} ${json ? '--json' : 'in words'}`, async () => {
        const { stdout, stderr, code } = await lifeboat([...args, '--verbose'], { json });
        assert.notEqual(code, 0);
        assert.ok(!(stdout + stderr).includes('s3cret'), stdout + stderr);
      });
    }
  }
});

describe('variables', () => {
  test('stand in for flags; flags win', async () => {
    const named = await lifeboat(['list'], { env: { LIFEBOAT_VAULT: '/nowhere/from-variable' } });
    assert.match(String(named.last.message), /from-variable/);
    const flag = await lifeboat(['list', '--vault', '/nowhere/from-flag'], { env: { LIFEBOAT_VAULT: '/nowhere/from-variable' } });
    assert.match(String(flag.last.message), /from-flag/);
  });

  test('empty is not set, and a switch can say 0', async () => {
    assert.equal((await lifeboat(['list'], { env: { LIFEBOAT_VAULT: '' } })).last.code, 'usage');
    assert.match((await lifeboat(['list'], { json: false, env: { LIFEBOAT_JSON: '1' } })).stdout, /^\{"type":"error"/);
    assert.equal((await lifeboat(['list'], { json: false, env: { LIFEBOAT_JSON: '0' } })).stdout, '');
  });
});
