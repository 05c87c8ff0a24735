import type { Session } from '../postgres/database.ts';
import { spreadKinds } from '../postgres/spread.ts';
import type { Reporter } from '../report/progress.ts';
import type { DatabaseModel } from '../schema/model.ts';
import { objectKey } from '../schema/model.ts';
import { sequencesBehind } from '../verify/checks/sequence-behind.ts';
import { type CarryDifference, compareProjection } from '../verify/compare-projection.ts';
import { type Afterwards, type BuildContext, lookAfterwards, viewSources } from './build-context.ts';
import { carriesFor } from './carry-sql.ts';
import { routeLooks } from './check-routes.ts';
import { checkLooks, type Look, type WrongValue } from './run-checks.ts';

/** What of a snapshot's table was found again, unchanged. */
export interface CarriedTable {
  /** In the snapshot. */
  table: string;
  columns: number;
  rows: number;
}

/** What a built database at another release was found to hold. */
export interface ReleaseProof {
  equal: boolean;
  tables: number;
  rows: number;
  bytes: number;
  /** Tables whose carried values are the snapshot's, by name. */
  carried: CarriedTable[];
  /** Carried values that are not the snapshot's. */
  differences: CarryDifference[];
  /** Computed values, defaults and empty tables that are not what they must be. */
  wrong: WrongValue[];
}

/** Every look at what the carried values do not tell. */
export const looksAt = (context: BuildContext, after: Afterwards): Look[] => [...routeLooks(context, after), ...checkLooks(context, after)];

/**
 * Proves the built database: carried values are read back and compared with the snapshot, computed ones by a second
 * route, columns that begin on the way must hold their default, tables that begin there must be empty. So every column
 * of every table is accounted for.
 */
export async function proveRelease(
  sessions: readonly Session[],
  context: BuildContext,
  source: DatabaseModel,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<ReleaseProof> {
  const main = sessions[0];
  if (!main) throw new RangeError('a session is needed');
  const after = await lookAfterwards(main);
  await viewSources(main, context, after);
  const proof: ReleaseProof = { equal: true, tables: 0, rows: 0, bytes: 0, carried: [], differences: [], wrong: [] };
  const carries = carriesFor(context, source, after);
  const sized = carries
    .map((carry) => ({ carry, entry: context.entries.get(objectKey({ schema: carry.schema, name: carry.table }))! }))
    .toSorted((a, b) => b.entry.bytes - a.entry.bytes);
  const totals = { rows: 0, bytes: 0 };
  const compare = async (session: Session, { carry, entry }: (typeof sized)[number]) => {
    const { rows, bytes, difference } = await compareProjection(session, context.vault, entry, carry, (rows, bytes) => {
      totals.rows += rows;
      totals.bytes += bytes;
      reporter.progress({ ...totals, what: carry.table });
    });
    proof.tables++;
    proof.rows += rows;
    proof.bytes += bytes;
    if (difference) proof.differences.push(difference);
    else proof.carried.push({ table: objectKey(entry), columns: carry.columns.length, rows });
  };
  const looks = looksAt(context, after);
  const seen: WrongValue[][] = looks.map(() => []);
  const look = async (session: Session, index: number) => {
    seen[index] = await looks[index]!(session);
  };
  // Comparing is our work, looking is the server's: at the same time neither waits for the other.
  type Job = (session: Session) => Promise<void>;
  const comparing = sized.map(
    (each): Job =>
      (session) =>
        compare(session, each),
  );
  const looking = looks.map(
    (_, index): Job =>
      (session) =>
        look(session, index),
  );
  await spreadKinds(sessions, [comparing, looking], signal, (session, job) => job(session));
  proof.wrong.push(...seen.flat());
  for (const { where, message } of await sequencesBehind({ session: main, home: context.home, model: context.plan.model }))
    proof.wrong.push({ table: where, row: 'sequence', what: message, by: null });
  proof.carried.sort((a, b) => (a.table < b.table ? -1 : 1));
  proof.differences.sort((a, b) => (a.table < b.table ? -1 : 1));
  proof.equal = proof.differences.length === 0 && proof.wrong.length === 0;
  return proof;
}
