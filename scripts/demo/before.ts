import { cpSync } from 'node:fs';
import { loadFixtureEmbedded } from '../../tests/support/fixtures.ts';
import { compareAgents, type SqlReader } from './agent-content.ts';
import { must, type Stage, say } from './stage.ts';
import { showAgents, showCarried } from './tables.ts';
import { readCarried, readRevision, readWorld, type World } from './world.ts';

/** What the made-up secrets of the databases that real servers wrote are encrypted with. */
export { fixtureEncryptionKey as encryptionKey } from '../../tests/support/fixtures.ts';

export async function liveDatabase(stage: Stage): Promise<World> {
  stage.heading('A Letta 0.11.3 database');
  say('Written by a real Letta 0.11.3 server with a stand-in for the language model; its secrets are made up.');
  say('It runs in PGlite: PostgreSQL compiled to WebAssembly. No server, no Docker. Paths are shortened.\n');
  await stage.open('letta', async () => {});
  // A cluster is made once and copied: making one takes seconds.
  cpSync(stage.at('letta'), stage.at('latest'), { recursive: true });
  const database = await loadFixtureEmbedded('letta-0.11.3', stage.at('letta'));
  const world = await readWorld(database);
  const { rows: servers } = await database.query<{ version: string }>(`select split_part(version(), ' on ', 1) as version`);
  await database.close();
  const rows = [...world.tables.values()].reduce((sum, table) => sum + table.rows, 0);
  say(`${servers[0]?.version}, ${world.tables.size} tables, ${rows} rows:\n`);
  showAgents(world.agents);
  must(
    world.agents.filter(({ kind }) => kind === 'agent').length === 16 && world.agents.length === 18,
    'the database does not hold the sixteen agents, the sleeptime agent and the soft-deleted one',
  );
  must(
    world.agents.some(({ name }) => name === 'AI/ML Expert'),
    'the agent with a slash in its name is not there',
  );
  return world;
}

/** A built-in tool of 0.11.3 that 0.16.8 does not have. */
const lostTool = 'send_message_to_all_agents_in_group';

/** What Letta's own migration does to this very database: its result was recorded and is looked at here. */
export async function floatingLatest(stage: Stage, key: string): Promise<void> {
  stage.heading('The shock: what a floating `letta/letta:latest` would do to it');
  say('A newer image migrates the database in place when it starts. The migration of the released 0.16.8 was run on a');
  say('copy of this database, with LETTA_ENCRYPTION_KEY set, and ended without an error. Its recorded result, by SQL:\n');
  const after = await loadFixtureEmbedded('oracle-0.11.3-to-0.16.8', stage.at('latest'));
  try {
    await stage.open('letta', async (before) => {
      const carried = await readCarried(before, after, key);
      const [left, holders] = [await runsLeftInJobs(after), await holdersOfLostTool(after)];
      say(`revision ${await readRevision(before)} (0.11.3) → ${await readRevision(after)} (0.16.8)\n`);
      showCarried(['at 0.11.3', 'in place, 0.16.8'], carried);
      say(`The ${left} runs lie in the table of jobs, where 0.16.8 does not look. It reads secrets in the column value_enc,`);
      say('which is NULL for each of them: agents get the text "<encrypted>" instead of their API keys.');
      say(`And ${holders.join(', ')} has the built-in tool ${lostTool},`);
      say('which 0.16.8 no longer knows. As recorded with the real server: GET /v1/agents/ answers 400. None is listed.\n');
      const { runs, secrets, agents } = carried;
      must(runs.before.length === 64 && runs.there.length === 0 && left === 64, 'the runs are not as it is told');
      must(secrets.before.length === 7 && secrets.readable.length === 0, 'the secrets are not as it is told');
      must(holders.length === 1, 'the tool that stops 0.16.8 is not where it is told');
      must(
        compareAgents(agents.before, agents.after).every(({ after: agent }) => agent !== null),
        'the recorded result is of another database',
      );
    });
  } finally {
    await after.close();
  }
}

async function runsLeftInJobs(database: SqlReader): Promise<number | undefined> {
  const { rows } = await database.query<{ runs: number }>(`select count(*)::int as runs from public.jobs where job_type = 'run'`);
  return rows[0]?.runs;
}

async function holdersOfLostTool(database: SqlReader): Promise<string[]> {
  const { rows } = await database.query<{ name: string }>(`
    select a.name from public.tools t join public.tools_agents x on x.tool_id = t.id join public.agents a on a.id = x.agent_id
     where t.name = '${lostTool}' and t.tool_type = 'letta_multi_agent_core'`);
  return rows.map(({ name }) => name);
}
