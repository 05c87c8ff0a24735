import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { decryptSecret } from '../../src/letta/secret.ts';
import { fixtureEncryptionKey } from '../support/fixtures.ts';
import { TestDatabase, type TestServer, withClient } from '../support/postgres.ts';
import { lifeboat } from '../support/program.ts';
import { type Loss, VerbsStage } from './verbs-stage.ts';

type Environment = Record<string, string>;

/** `upgrade` and `restore --release` as a person or a script runs them. */
describe('upgrade on the command line', () => {
  let stage: VerbsStage;
  let server: TestServer;
  let [directory, env, withKey]: [string, Environment, Environment] = ['', {}, {}];
  let [old, recent]: (TestDatabase | undefined)[] = [];
  before(async () => {
    stage = await VerbsStage.set();
    ({ server, directory, env, withKey } = stage);
    [old, recent] = [await stage.load('letta-0.11.3'), await stage.load('letta-0.16.8')];
  });
  after(() => stage[Symbol.asyncDispose]());

  test('a dry run without a snapshot says what to do, and changes nothing', async () => {
    const { code, last } = await lifeboat(['upgrade', old!.url, '--release', '0.16.2', '--dry-run'], { env });
    assert.deepEqual([code, last.code], [2, 'no-snapshot-to-plan']);
  });

  test('a release that there is not, a way that there is not, a report of no kind', async () => {
    const unknown = await lifeboat(['upgrade', old!.url, '--release', '0.16.3', '--yes'], { env });
    assert.deepEqual([unknown.code, unknown.last.code], [15, 'release-unknown']);
    assert.equal((await lifeboat(['backup', old!.url], { env })).code, 0);
    const way = await lifeboat(['upgrade', old!.url, '--release', '0.10.1', '--dry-run'], { env });
    assert.deepEqual([way.code, way.last.code], [15, 'release-way-unsupported']);
    const report = await lifeboat(['upgrade', old!.url, '--release', '0.16.2', '--dry-run', '--report', 'losses.pdf'], { env });
    assert.deepEqual([report.code, report.last.code], [2, 'usage']);
    writeFileSync(join(directory, 'there.md'), 'an earlier report');
    const again = await lifeboat(['upgrade', old!.url, '--release', '0.16.2', '--yes', '--report', join(directory, 'there.md')], { env });
    assert.equal(again.last.code, 'file-unwritable');
    assert.ok(!again.lines.some(({ type }) => type === 'plan'), 'said before anything is done');
  });

  test('up: every agent, set aside rows named, exit code 3, and the live database untouched', async () => {
    const before = await contentOf(old!);
    const report = join(directory, 'losses.md');
    const { code, last, lines } = await lifeboat(['upgrade', old!.url, '--release', 'latest', '--yes', '--report', report], {
      env: withKey,
    });
    assert.equal(code, 3, JSON.stringify(last));
    assert.equal(last.equal, true);
    assert.deepEqual([last.agents, last.agentsThere, last.losses], [18, 18, []]);
    assert.ok((last.setAside as Loss[]).some(({ table }) => table === 'mcp_server'));
    assert.equal(lines.filter(({ type }) => type === 'agent-compared').length, 18);
    assert.match(
      readFileSync(report, 'utf8'),
      /^# Loss report[\s\S]*set aside[\s\S]*insert into[\s\S]*## Carried[\s\S]*\| `messages` \| 23 \| 325 \|/,
    );
    const carried = last.carried as { table: string; columns: number; rows: number }[];
    assert.deepEqual(
      carried.find(({ table }) => table === 'messages'),
      { table: 'messages', columns: 23, rows: 325 },
    );
    assert.deepEqual(await contentOf(old!), before);

    const built = new TestDatabase(server, `${old!.name}_0_16_8`);
    const [facts] =
      await built.query(`select (select count(*) from runs)::int as runs, (select count(*) from messages where run_id is not null)::int as linked,
        (select count(*) from steps where run_id is not null)::int as steps, (select version_num from alembic_version) as revision`);
    assert.deepEqual(facts, { runs: 64, linked: facts?.linked, steps: 57, revision: '1c28e167b74f' });
    assert.ok(Number(facts?.linked) >= 10);
    const secrets = await built.query<{ value: string; enc: string }>('select value, value_enc as enc from agent_environment_variables');
    assert.equal(secrets.length, 7);
    for (const { value, enc } of secrets) assert.equal(await decryptSecret(enc, fixtureEncryptionKey), value);

    const again = await lifeboat(['verify', built.url], { env });
    assert.deepEqual(
      (again.last.findings as { code: string; severity: string }[]).filter(({ code }) => code === 'drift'),
      [],
    );
  });

  test('it ends by naming what to do; a client that is connected meanwhile is said, and changes nothing else', async () => {
    const built = new TestDatabase(server, `${recent!.name}_0_16_8`);
    const run = async () => {
      const { code, stdout } = await lifeboat(['upgrade', recent!.url, '--release', '0.16.8', '--yes'], { env: withKey, json: false });
      await built.drop();
      const [summary = '', next = ''] = stdout.slice(stdout.indexOf(' holds snapshot ')).split('\nNext:\n');
      return { code, summary, next: next.trimEnd().split('\n') };
    };
    const alone = await run();
    assert.deepEqual(
      [alone.code, alone.next],
      [
        0,
        [
          `  stop the Letta server of ${recent!.name}; if it ran until now, upgrade once more, --to another name: what it wrote since this snapshot is not in ${built.name}`,
          `  lifeboat switch ${recent!.url} --to ${built.name} --vault ${env.LIFEBOAT_VAULT}`,
          '  start the Letta server 0.16.8',
        ],
      ],
    );
    assert.doesNotMatch(alone.summary, /server-still-connected/);

    const watched = await withClient(recent!.url, run);
    assert.deepEqual([watched.code, watched.next], [0, alone.next]);
    assert.match(
      watched.summary,
      new RegExp(
        `1 other connection\\(s\\) to ${recent!.name}: .*Stop the Letta server and run this again, --to another name, before you switch.*\\(server-still-connected\\)`,
      ),
    );
  });

  test('down: losses are counted beforehand; the plan is not the report; the report is accepted, and no other', async () => {
    assert.equal((await lifeboat(['backup', recent!.url], { env: withKey })).code, 0);
    const to = ['--release', '0.11.3'];
    const dry = await lifeboat(['upgrade', recent!.url, ...to, '--dry-run'], { env: withKey });
    assert.equal(dry.code, 4);
    const planned = dry.last.losses as Loss[];
    assert.ok(
      planned.some(({ table, column, rows }) => table === 'passage_tags' && column === null && rows > 0),
      JSON.stringify(planned.map(({ table, column, rows }) => [table, column, rows])),
    );

    const first = await lifeboat(['upgrade', recent!.url, ...to, '--yes'], { env: withKey });
    assert.equal(first.code, 4);
    assert.deepEqual([first.last.equal, first.last.plan, first.last.accepted], [true, dry.last.plan, false]);
    const measured = first.last.losses as Loss[];
    for (const { table, column, rows } of planned)
      assert.ok(
        measured.some((loss) => loss.table === table && loss.column === column && loss.rows === rows),
        `${table}.${column}`,
      );
    assert.ok(measured.some(({ table }) => table === 'conversations'));

    const built = new TestDatabase(server, `${recent!.name}_0_11_3`);
    for (const [id, code] of [
      [String(first.last.plan), 4], // it does not name all that was dropped
      ['0123456789ab', 4],
      [String(first.last.report), 3],
    ] as const) {
      await built.drop();
      const run = await lifeboat(['upgrade', recent!.url, ...to, '--yes', '--accept-losses', id], { env: withKey });
      assert.deepEqual([run.code, run.last.accepted], [code, code === 3], id);
    }
  });

  test('where nothing is set aside, losses that are accepted ask for nothing more: exit code 0', async () => {
    const built = new TestDatabase(server, `${recent!.name}_0_16_2`);
    const upgrade = ['upgrade', recent!.url, '--release', '0.16.2', '--yes'];
    const first = await lifeboat(upgrade, { env: withKey });
    assert.deepEqual([first.code, first.last.setAside], [4, []]);
    assert.ok((first.last.losses as Loss[]).length > 0);
    await built.drop();
    const again = await lifeboat([...upgrade, '--accept-losses', String(first.last.report)], { env: withKey });
    assert.deepEqual([again.code, again.last.equal, again.last.losses], [0, true, first.last.losses]);
    await built.drop();
  });

  test('--to takes a name beside the database, as switch does', async () => {
    const built = new TestDatabase(server, `${old!.name}_beside`);
    const { lines } = await lifeboat(['upgrade', old!.url, '--release', '0.16.2', '--dry-run', '--to', built.name], { env });
    const plan = lines.find(({ type }) => type === 'plan') as { target?: { database: string } } | undefined;
    assert.equal(plan?.target?.database, built.url);
  });

  test('without a key, and with one that nothing can tell to be right, the plan says so', async () => {
    const notes = async (environment: Environment) => {
      const { lines } = await lifeboat(['upgrade', old!.url, '--release', '0.16.2', '--dry-run'], { env: environment });
      const plan = lines.find(({ type }) => type === 'plan') as { notes?: { code: string }[] } | undefined;
      return plan?.notes?.map(({ code }) => code);
    };
    assert.deepEqual(await notes(env), ['letta-key-not-given']);
    assert.deepEqual(await notes({ ...env, LETTA_ENCRYPTION_KEY: 'any' }), ['letta-key-untried']);
  });

  test('the report of a dry run does not promise what only the built rows can tell', async () => {
    const report = join(directory, 'dry.md');
    assert.equal((await lifeboat(['upgrade', old!.url, '--release', '0.16.2', '--dry-run', '--report', report], { env })).code, 0);
    assert.match(readFileSync(report, 'utf8'), /Nothing that the snapshot alone shows/);
  });

  /** Rows of every table, by hash: what must not change. */
  async function contentOf(database: TestDatabase): Promise<string[]> {
    return await withClient(database.url, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`,
      );
      const hashes: string[] = [];
      for (const { name } of rows) {
        const { rows: hash } = await client.query<{ h: string }>(
          `select md5(coalesce(string_agg(t::text, '|' order by t::text collate "C"), '')) as h from "${name}" t`,
        );
        hashes.push(`${name} ${hash[0]?.h}`);
      }
      return hashes;
    });
  }
});
