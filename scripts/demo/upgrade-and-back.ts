import { existsSync } from 'node:fs';
import { compareAgents, compareTables, readAgentContent, type SqlReader } from './agent-content.ts';
import { proveEqual } from './lose-and-restore.ts';
import { must, opening, type Stage, say } from './stage.ts';
import { showCarried, showVerdicts, verdictLine } from './tables.ts';
import { type Carried, readCarried, readRevision, type World } from './world.ts';

/** What has to differ: the revision, and jobs, whose runs have moved to a table of their own. */
const moved = ['alembic_version', 'jobs'];
const built = 'letta_0_16_2';

export async function upgrade(stage: Stage, key: string): Promise<void> {
  stage.heading('Upgrade it to 0.16.2, beside the live one');
  await stage.lifeboat(3, `upgrade pglite:letta --release 0.16.2 ${opening} --yes`, { LETTA_ENCRYPTION_KEY: key });
  say('Exit code 3: it is complete, and something was set aside. The report above names it: 0.16.2 has no column for');
  say('the time when a message was linked to its run. The new database keeps these values in a schema of their own.\n');
  await stage.open('letta', (older) =>
    stage.open(built, async (newer) => {
      const carried = await readCarried(older, newer, key);
      const columns = [...carried.columns.values()].reduce((sum, names) => sum + names.length, 0);
      say(`Proof, without Lifeboat, over the ${columns} columns that both releases have:\n`);
      showUpgraded(carried);
      proveUpgraded(carried);
      const [kept, had] = [await linksSetAside(newer), await linksBefore(older)];
      must(kept.length > 0 && kept.join() === had.join(), 'what was set aside is not what was there');
      say(`${kept.length} of ${had.length} values that were set aside are there, in the schema lifeboat_set_aside.\n`);
    }),
  );
}

function showUpgraded(carried: Carried): void {
  const verdicts = compareAgents(carried.agents.before, carried.agents.after);
  showVerdicts(verdicts);
  say(verdictLine(verdicts));
  const { before, after } = carried.tables;
  const equal = before.size - compareTables(before, after).length;
  say(`${equal} of ${before.size} tables are equal in these columns, the others are ${moved.join(' and ')} (runs have a table now).\n`);
  showCarried(['at 0.11.3', 'upgraded, 0.16.2'], carried);
}

/** @throws Untrue */
export function proveUpgraded({ agents, tables, messages, runs, otherJobs, secrets }: Carried): void {
  const verdicts = compareAgents(agents.before, agents.after);
  const different = verdicts.filter((verdict) => verdict.different.length > 0);
  must(
    different.length === 0,
    `agents differ: ${different.map((verdict) => `${verdict.name} (${verdict.different.join(', ')})`).join(', ')}`,
  );
  must(agents.after.filter(({ kind }) => kind === 'agent').length === 16, 'there are not sixteen agents');
  must(messages.before.length > 0 && messages.before.join() === messages.after.join(), 'messages are missing or in another order');
  must(runs.before.length === 64 && runs.there.length === 64, `${runs.there.length} of ${runs.before.length} runs are there`);
  must(secrets.before.length === 7 && secrets.readable.length === 7, `${secrets.readable.length} of 7 secrets can be read`);
  must(otherJobs.before.join() === otherJobs.after.join(), 'jobs other than runs differ');
  const differing = compareTables(tables.before, tables.after);
  must(differing.join() === moved.join(), `tables differ: ${differing.join(', ')}`);
}

async function linksSetAside(database: SqlReader): Promise<string[]> {
  return linksOf(database, 'lifeboat_set_aside.job_messages');
}

const linksBefore = (database: SqlReader): Promise<string[]> => linksOf(database, 'public.job_messages');

async function linksOf(database: SqlReader, table: string): Promise<string[]> {
  const { rows } = await database.query<{ link: string }>(
    `select concat_ws(' ', job_id, message_id, created_at at time zone 'UTC') as link from ${table} order by 1`,
  );
  return rows.map(({ link }) => link);
}

export async function switchAndBack(stage: Stage, world: World, key: string): Promise<void> {
  stage.heading('Put it in the place of the live one – and one command back');
  await stage.lifeboat(0, `switch pglite:letta --to ${built} ${opening} --yes`);
  const former = await stage.lifeboat(0, 'former pglite:letta');
  const before = /^letta_before_\w+/m.exec(former)?.[0];
  must(before !== undefined && existsSync(stage.at(before)) && !existsSync(stage.at(built)), 'the former database is not beside');
  await stage.open(before, (older) =>
    stage.open('letta', async (newer) => {
      const carried = await readCarried(older, newer, key);
      proveUpgraded(carried);
      const names = (await readAgentContent(newer)).map(({ name }) => name);
      must(names.includes('AI/ML Expert'), '"AI/ML Expert" did not keep its name');
      say(`letta is at revision ${await readRevision(newer)} (0.16.2) now, with all that was proven above. Back again:\n`);
    }),
  );
  await stage.lifeboat(0, 'rollback pglite:letta --yes');
  await stage.open('letta', async (database) => {
    say(`letta is at revision ${await readRevision(database)} (0.11.3) again. By SQL, as before the backup:`);
    await proveEqual(database, world, { show: false });
  });
  must(existsSync(stage.at(built)) && !existsSync(stage.at(before)), 'the upgraded database is not beside');
  say(`The upgraded one is still there, as ${built}.\n`);
}
