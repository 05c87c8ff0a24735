import { createDecipheriv, pbkdf2Sync } from 'node:crypto';
import { type Columns, rowText, type SqlReader } from './agent-content.ts';

/** A secret of an agent as Letta 0.11.3 stores it: in clear. */
export interface AgentSecret {
  id: string;
  agent: string;
  key: string;
  value: string;
}

export async function readSecrets(database: SqlReader): Promise<AgentSecret[]> {
  const { rows } = await database.query<AgentSecret>(
    `select v.id, a.name as agent, v.key, v.value from public.agent_environment_variables v join public.agents a on a.id = v.agent_id order by v.id`,
  );
  return rows;
}

/** Of these secrets, those that a server of Letta 0.12 or later can read: it looks at `value_enc` and nowhere else. */
export async function readableSecrets(database: SqlReader, secrets: readonly AgentSecret[], key: string): Promise<AgentSecret[]> {
  const { rows } = await database.query<{ id: string; value_enc: string | null }>(
    `select id, value_enc from public.agent_environment_variables`,
  );
  const stored = new Map(rows.map(({ id, value_enc }) => [id, value_enc]));
  return secrets.filter(({ id, value }) => {
    const sealed = stored.get(id);
    return sealed != null && decrypt(sealed, key) === value;
  });
}

/** Letta's format: base64 of salt (16), nonce (12), AES-256-GCM, tag (16); key by PBKDF2-SHA256. Null: another key. */
function decrypt(sealed: string, key: string): string | null {
  const bytes = Buffer.from(sealed, 'base64');
  try {
    const derived = pbkdf2Sync(key, bytes.subarray(0, 16), 100_000, 32, 'sha256');
    const decipher = createDecipheriv('aes-256-gcm', derived, bytes.subarray(16, 28)).setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(28, -16)), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}

/** A run and what hangs on it. */
export interface Run {
  id: string;
  /** The columns that runs have in both releases, as one text. */
  row: string;
  /** Ids of its steps and of the messages that were linked to it. */
  steps: string[];
  messages: string[];
}

const lists = (steps: string, messages: string) => `
  array(select s.id from public.steps s where s.${steps} = r.id order by 1) as steps,
  array(${messages} order by 1) as messages`;

/** Letta 0.11.3: runs are rows of `jobs`. */
export async function readRunsOf0113(database: SqlReader, columns: Columns): Promise<Run[]> {
  const { rows } = await database.query<Run>(`
    select r.id, ${rowText(columns, 'runs', 'r')} as row,
           ${lists('job_id', 'select x.message_id from public.job_messages x where x.job_id = r.id')}
      from public.jobs r where r.job_type = 'run' order by r.id`);
  return rows;
}

/** Letta 0.12 and later: a table of their own. This is all that the server looks at. */
export async function readRuns(database: SqlReader, columns: Columns): Promise<Run[]> {
  const { rows } = await database.query<Run>(`
    select r.id, ${rowText(columns, 'runs', 'r')} as row,
           ${lists('run_id', 'select m.id from public.messages m where m.run_id = r.id')}
      from public.runs r order by r.id`);
  return rows;
}

/** Jobs that are no runs: they stay where they are. */
export async function readOtherJobs(database: SqlReader, columns: Columns): Promise<string[]> {
  const { rows } = await database.query<{ row: string }>(
    `select ${rowText(columns, 'jobs', 'j')} as row from public.jobs j where j.job_type <> 'run' order by j.id`,
  );
  return rows.map(({ row }) => row);
}

/** What `jobs` of the older release and `runs` of the newer one have in common, under the name of the latter. */
export function runColumns(older: Columns, newer: Columns): Columns {
  return new Map([['runs', (older.get('jobs') ?? []).filter((column) => newer.get('runs')?.includes(column))]]);
}

/** Those of `before` that are there with the same values, the same steps and at least the same messages. */
export function runsThere(before: readonly Run[], after: readonly Run[]): Run[] {
  const found = new Map(after.map((run) => [run.id, run]));
  return before.filter((run) => {
    const other = found.get(run.id);
    if (other === undefined || other.row !== run.row || other.steps.join() !== run.steps.join()) return false;
    return run.messages.every((message) => other.messages.includes(message));
  });
}
