import { readdirSync } from 'node:fs';
import { temporary } from './run-lifeboat.ts';
import { must, opening, type Stage, say } from './stage.ts';
import type { World } from './world.ts';

/** A recovery before one is needed, and who says afterwards what is proven. */
export async function rehearse(stage: Stage, { agents, tables }: World): Promise<void> {
  stage.heading('Is that backup a recovery? Rehearse it before it is needed');
  const drilled = await stage.lifeboat(3, `drill latest --on embedded --quiet ${opening}`);
  const rows = [...tables.values()].reduce((sum, table) => sum + table.rows, 0);
  const told = readDrill(drilled, { agents: agents.length, tables: tables.size, rows });
  say('Exit code 3: it is proven, and the checks have something to say of the data itself: work that its server never');
  say('ended. The self-test changed three values of the drilled database, and the comparison had to find them.\n');
  const status = await stage.lifeboat(0, `status ${opening}`);
  must(/^last proven restore: .+, on PostgreSQL /.test(status), 'status does not lead with the proof');
  await proveRehearsed(stage, told);
  say('What is proven comes first, and a monitor gets exit code 0. The record of the drill is in the vault, list has');
  say('it beside its snapshot, and among temporary files nothing is left of the drill.\n');
}

/** Ids of a snapshot and of the record of its drill. */
export interface Drilled {
  snapshot: string;
  proof: string;
}

/**
 * What a drill printed, held against what plain SQL counted before the backup.
 * @throws Untrue
 */
export function readDrill(output: string, had: { agents: number; tables: number; rows: number }): Drilled {
  const snapshot = /^Snapshot (\w+) is proven: restored on PostgreSQL \S+ and equal, row for row\.$/m.exec(output)?.[1];
  const proof = /^ {2}proof +(\w+)$/m.exec(output)?.[1];
  must(snapshot !== undefined && proof !== undefined, 'the drill did not prove the snapshot');
  must(output.includes(` ${had.tables} tables, ${had.rows} rows, `), 'the drill did not compare what was in the database');
  must(output.includes(` ${had.agents} of ${had.agents} are as in the snapshot`), 'the drill did not see every agent');
  must(/^ {2}self-test +3 values changed on purpose /m.test(output), 'the drill did not test its own comparison');
  return { snapshot, proof };
}

/**
 * The proof is kept and told, for whoever asks later, and nothing else is left of the drill.
 * @throws Untrue
 */
export async function proveRehearsed(stage: Stage, { snapshot, proof }: Drilled): Promise<void> {
  const left = readdirSync(stage.at(temporary));
  must(left.length === 0, `the drill left behind: ${left.join(', ')}`);
  const records = readdirSync(stage.at('vault/proofs'));
  must(records.length === 1 && records[0]?.endsWith(`-${proof}`) === true, 'the record of the drill is not in the vault');
  const [statusLines, listLines] = await Promise.all([stage.ask<StatusLine>(`status ${opening}`), stage.ask<ListLine>(`list ${opening}`)]);
  const listed = listLines.find((line) => line.snapshot === snapshot);
  const source = statusLines.flatMap(({ sources }) => sources ?? []).find(({ server }) => server === listed?.server);
  must(source?.provenState === 'proven', `status calls the database ${source?.provenState}`);
  must(source.lastProven?.proof === proof && source.lastProven.snapshot === snapshot, 'status names another proof');
  const own = listed?.proven;
  must(own?.proof === proof && own.dropped === 0 && own.setAside === 0, 'list does not say that the snapshot is proven');
}

/** Of docs/json-output.md, what is asked for here. */
interface StatusLine {
  sources?: { server: string; provenState: string; lastProven: { proof: string; snapshot: string } | null }[];
}

interface ListLine {
  snapshot?: string;
  server?: string;
  proven?: { proof: string; dropped: number; setAside: number } | null;
}
