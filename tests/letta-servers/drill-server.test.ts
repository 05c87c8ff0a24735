import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { namespaceHere } from '../drill/confined.ts';
import { type FixtureName, fixtureEncryptionKey, fixtureFacts, loadFixture } from '../support/fixtures.ts';
import { installLetta, type LettaRelease, python311 } from '../support/letta-installations.ts';
import { type TestDatabase, testServer } from '../support/postgres.ts';
import { lifeboat, type ProgramRun } from '../support/program.ts';

const here = await namespaceHere();
const skip = (await python311()) === undefined ? 'no Python 3.11 with venv on this machine' : here.way === null ? here.why : false;

interface ServerProof {
  version: string;
  secondsToFirstAnswer: number;
  compared: { what: string; expected: number; found: number; equal: boolean }[];
  network: { how: string; attempts: { to: string; count: number }[]; controlCaught: boolean };
}

/** `lifeboat drill --server` as a person calls it: a real server meets the restored rows and nothing else. */
describe('a drill with a real Letta server', { skip }, () => {
  let directory: string;
  let env: Record<string, string>;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lifeboat-drill-server-'));
    env = { LIFEBOAT_STATE_DIR: directory, LIFEBOAT_PASSPHRASE: 'rather long words', LETTA_ENCRYPTION_KEY: fixtureEncryptionKey };
  });
  after(() => rm(directory, { recursive: true, force: true }));

  /** A vault with one snapshot of a fixture, after `plant`. */
  const backedUp = async (name: FixtureName, plant: (database: TestDatabase) => Promise<void> = async () => {}) => {
    await using database = await loadFixture(await testServer(), name);
    await plant(database);
    const vault = join(directory, database.name);
    assert.equal((await lifeboat(['init', '--vault', vault], { env })).code, 0);
    assert.equal(Number((await lifeboat(['backup', database.url, '--vault', vault], { env })).code) % 3, 0, 'done, be it with warnings');
    return vault;
  };

  const drill = async (vault: string, release: LettaRelease, more: string[] = []) =>
    lifeboat(['drill', '--vault', vault, '--on', 'local', '--server', await installLetta(release), ...more], { env });

  const serverOf = (run: ProgramRun) => run.last.server as ServerProof;

  /** What could make a server call outside: a callback, an MCP server, an archive in a vector store; and a second tenant. */
  const temptations = async (database: TestDatabase, release: LettaRelease) => {
    const runs = release === '0.11.3' ? 'jobs' : 'runs';
    await database.query(`update ${runs} set callback_url = 'https://callbacks.example.org/done'`);
    if (release !== '0.11.3') await database.query(`update archives set vector_db_provider = 'TPUF'`);
    await database.query(
      `insert into mcp_server select (jsonb_populate_record(m, '{"id": "mcp_server-00000000-0000-4000-8000-00000000000a", "server_name": "outside", "server_type": "STREAMABLE_HTTP", "server_url": "https://mcp.example.org/sse"}')).*
         from mcp_server m limit 1`,
    );
    const other = '00000000-0000-4000-8000-0000000000b2';
    await database.query(
      `insert into organizations select (jsonb_populate_record(o, '{"id": "org-${other}", "name": "other"}')).* from organizations o limit 1`,
    );
    await database.query(
      `insert into users select (jsonb_populate_record(u, '{"id": "user-${other}", "organization_id": "org-${other}", "name": "other"}')).* from users u limit 1`,
    );
    await database.query(
      `insert into agents select (jsonb_populate_record(a, '{"id": "agent-${other}", "organization_id": "org-${other}", "name": "theirs", "message_ids": []}')).*
         from agents a where id = $1`,
      [fixtureFacts(`letta-${release}`).agent_keys.memo],
    );
  };

  /** Addresses that the data names; a server that starts looks for none of them. */
  const tempting = /callbacks\.example\.org|mcp\.example\.org|turbopuffer|pinecone/;

  for (const [release, own] of [
    ['0.16.8', ['raw.githubusercontent.com:443']],
    ['0.11.3', ['backend.composio.dev:443', 'pypi.org:443']],
  ] as const) {
    test(`${release} answers what the rows say, and calls nothing that they name`, async () => {
      const run = await drill(await backedUp(`letta-${release}`, (database) => temptations(database, release)), release);
      const server = serverOf(run);
      assert.deepEqual(
        server?.compared.filter(({ equal }) => !equal),
        [],
        run.stderr,
      );
      assert.equal(run.last.outcome, 'proven');
      assert.equal(server.version, release);
      const agents = server.compared.filter(({ what }) => /^agents of .* hidden ones too$/.test(what));
      assert.deepEqual(
        agents.map(({ found }) => found),
        [18, 1],
        'both tenants were asked',
      );
      assert.ok(server.compared.some(({ what, found }) => what.startsWith('messages of Memo ') && found > 30));
      assert.equal(
        server.compared.some(({ what }) => what.startsWith('runs of')),
        release !== '0.11.3',
      );
      assert.equal(server.network.controlCaught, true);
      assert.match(server.network.how, /namespace/);
      const to = server.network.attempts.map((attempt) => attempt.to);
      assert.equal(
        to.some((each) => tempting.test(each)),
        false,
        to.join(', '),
      );
      // What the server looks for by itself: a list of models, a tool service, a package. Named, so that a change is noticed.
      assert.deepEqual(to, own);
    });
  }

  test('an upgrade from 0.11.3 is shown by a server 0.16.8: every agent is listed', async () => {
    const run = await drill(await backedUp('letta-0.11.3'), '0.16.8', ['--release', '0.16.8']);
    const server = serverOf(run);
    assert.deepEqual(
      server?.compared.filter(({ equal }) => !equal),
      [],
      run.stderr,
    );
    assert.equal(server.compared.find(({ what }) => what.includes('hidden ones too'))?.found, 18);
    assert.ok(server.compared.some(({ what, found }) => what.startsWith('runs of') && found > 0));
  });

  test('rows that are equal and make the server refuse its list fail the drill', async () => {
    // A built-in tool that 0.16.8 does not have any more makes every list that holds its agent answer 400.
    const vault = await backedUp('letta-0.16.8', async (database) => {
      const tool = 'tool-00000000-0000-4000-8000-0000000000c3';
      await database.query(
        `insert into tools select (jsonb_populate_record(t, '{"id": "${tool}", "name": "send_message_to_all_agents_in_group", "tool_type": "LETTA_MULTI_AGENT_CORE"}')).*
           from tools t where tool_type::text ilike 'letta_core' limit 1`,
      );
      await database.query('insert into tools_agents (agent_id, tool_id) values ($1, $2)', [
        fixtureFacts('letta-0.16.8').agent_keys.memo,
        tool,
      ]);
    });
    const run = await drill(vault, '0.16.8');
    assert.equal(run.code, 4);
    assert.equal(run.last.equal, true, 'by the rows alone it would be proven');
    assert.match(JSON.stringify(run.last.failure), /server-answers/);
    const list = run.lines.find(({ type, what }) => type === 'server-answer' && String(what).includes('hidden ones too'));
    assert.match(String(list?.what), /HTTP 400$/);
  });

  test('kill -9 while the server runs leaves no process, and the next drill removes the rest', async () => {
    const vault = await backedUp('letta-0.16.8');
    const home = await installLetta('0.16.8');
    const program = join(import.meta.dirname, '../../bin/lifeboat.mjs');
    const others = await serversOf(home);
    const child = spawn(process.execPath, [program, 'drill', '--vault', vault, '--on', 'local', '--server', home], {
      env: { ...process.env, ...env },
      stdio: 'ignore',
    });
    const ours = async () => (await serversOf(home)).filter((pid) => !others.includes(pid));
    for (let waited = 0; waited < 120_000 && (await ours()).length === 0; waited += 100) await sleep(100);
    assert.ok((await ours()).length > 0);
    child.kill('SIGKILL');
    for (let waited = 0; waited < 30_000 && (await ours()).length > 0; waited += 100) await sleep(100);
    assert.deepEqual(await ours(), []);
    const next = await lifeboat(['drill', '--vault', vault, '--on', 'embedded'], { env });
    assert.ok(next.lines.some(({ type, removed }) => type === 'swept' && removed === true));
  });
});

/** Processes that run `letta server` of a virtual environment. */
async function serversOf(home: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return pids.filter((_, place) => lines[place]?.includes(`${home}/bin/letta\0server`));
}
