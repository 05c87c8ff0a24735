import {
  type AgentContent,
  type Columns,
  commonColumns,
  readAgentContent,
  readColumns,
  readTableContent,
  type SqlReader,
  type TableContent,
} from './agent-content.ts';
import {
  type AgentSecret,
  type Run,
  readableSecrets,
  readOtherJobs,
  readRuns,
  readRunsOf0113,
  readSecrets,
  runColumns,
  runsThere,
} from './runs-and-secrets.ts';

/** What the 0.11.3 database holds, read by plain SQL before anything was done to it. */
export interface World {
  agents: AgentContent[];
  tables: TableContent;
}

export async function readWorld(database: SqlReader): Promise<World> {
  return { agents: await readAgentContent(database), tables: await readTableContent(database) };
}

/** A 0.11.3 database seen through the columns that a newer release has too, so that both can be compared. */
export interface Carried {
  columns: Columns;
  agents: { before: AgentContent[]; after: AgentContent[] };
  tables: { before: TableContent; after: TableContent };
  /** Ids of all messages, agent by agent, in their order. */
  messages: { before: string[]; after: string[] };
  /** `there`: of those before, the ones that the newer server reaches, as they were. */
  runs: { before: Run[]; there: Run[] };
  otherJobs: { before: string[]; after: string[] };
  secrets: { before: AgentSecret[]; readable: AgentSecret[] };
}

/** @param key LETTA_ENCRYPTION_KEY of the newer server */
export async function readCarried(older: SqlReader, newer: SqlReader, key: string): Promise<Carried> {
  const [before, after] = [await readColumns(older), await readColumns(newer)];
  const columns = commonColumns(before, after);
  const ofRuns = runColumns(before, after);
  const [runs, secrets] = [await readRunsOf0113(older, ofRuns), await readSecrets(older)];
  return {
    columns,
    agents: { before: await readAgentContent(older, columns), after: await readAgentContent(newer, columns) },
    tables: { before: await readTableContent(older, columns), after: await readTableContent(newer, columns) },
    messages: { before: await readMessageOrder(older), after: await readMessageOrder(newer) },
    runs: { before: runs, there: runsThere(runs, await readRuns(newer, ofRuns)) },
    otherJobs: { before: await readOtherJobs(older, columns), after: await readOtherJobs(newer, columns) },
    secrets: { before: secrets, readable: await readableSecrets(newer, secrets, key) },
  };
}

async function readMessageOrder(database: SqlReader): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>(`select id from public.messages order by agent_id collate "C", sequence_id`);
  return rows.map(({ id }) => id);
}

export async function readRevision(database: SqlReader): Promise<string> {
  const { rows } = await database.query<{ revision: string }>(`select version_num as revision from public.alembic_version`);
  return rows.map(({ revision }) => revision).join();
}
