import { readMark } from '../../postgres/build-mark.ts';
import type { Database } from '../../postgres/database.ts';
import { openDatabase } from '../../postgres/open-database.ts';
import { LifeboatError } from '../../report/errors.ts';
import { exitCodes } from '../../report/exit-codes.ts';
import { verifyDatabase } from '../../verify/verify-database.ts';
import { verifySnapshot } from '../../verify/verify-snapshot.ts';
import type { Context, VaultFlags } from '../context.ts';
import { lookAtDatabase } from '../look-at-database.ts';
import { namesDatabase } from '../names-database.ts';
import { outcome } from '../outcome.ts';
import { repairDatabase } from '../repair-database.ts';
import { resolveSnapshot } from '../resolve-snapshot.ts';
import { usageError } from '../usage-error.ts';
import { vaultOf } from '../use-vault.ts';
import { namedVaultWords, vaultWords } from '../vault-words.ts';
import { findingTable } from '../views/finding-view.ts';
import { databaseSummary, differenceTable, snapshotFindingTable, snapshotSummary } from '../views/verification-views.ts';

type Flags = VaultFlags & { against?: string; repair?: true; whileInUse?: true };

export async function verify(context: Context, flags: Flags, what: string): Promise<number> {
  if (namesDatabase(what)) return await (flags.repair ? repairDatabase : checkDatabase)(context, flags, what);
  if (flags.repair) throw usageError(`--repair mends a database, and ${takenForSnapshot(what)}; a snapshot never changes.`, nameDatabase);
  if (flags.against !== undefined)
    throw usageError(`--against compares a database with a snapshot, and ${takenForSnapshot(what)}.`, nameDatabase);
  if (flags.vault === undefined)
    throw usageError(
      `No vault was named: ${takenForSnapshot(what)}.`,
      'Give --vault DIRECTORY (or LIFEBOAT_VAULT) for a snapshot; a database is postgresql://…, - or pglite:DIRECTORY.',
    );
  return await checkSnapshot(context, flags, what);
}

const takenForSnapshot = (what: string) => `${what} was taken for a snapshot, as it is no URL of a database`;
const nameDatabase =
  'Name the database by its URL, postgresql://USER@HOST:PORT/DATABASE; or by - for the PG* variables of the environment; or by pglite:DIRECTORY.';

async function checkSnapshot(context: Context, flags: Flags, text: string): Promise<number> {
  const { output, signal } = context;
  const vault = await vaultOf(context, flags);
  const ref = await resolveSnapshot(vault, text, output);
  const lock = await vault.lock('shared', 'verify');
  try {
    const started = performance.now();
    const result = await verifySnapshot(vault, ref, output.reporter, signal);
    if (!result.intact) output.table(snapshotFindingTable(result.findings));
    output.summary(snapshotSummary(result, vaultWords(vault, flags), (performance.now() - started) / 1000));
    return result.intact ? exitCodes.done : exitCodes.corruption;
  } finally {
    await lock.release();
  }
}

async function checkDatabase(context: Context, flags: Flags, target: string): Promise<number> {
  const { output, signal, environment } = context;
  const database = openDatabase(target, { environment });
  try {
    const started = performance.now();
    const { against: text } = flags;
    const against =
      text === undefined || (await isUnfinished(database)) ? undefined : await snapshotToCompare(context, flags, text, database);
    const lock = await against?.vault.lock('shared', 'verify');
    try {
      const result = await verifyDatabase(database, {
        encryptionKey: environment.LETTA_ENCRYPTION_KEY || null,
        ...(against && { against }),
        reporter: output.reporter,
        signal,
      });
      const differences = result.comparison?.differences ?? [];
      if (result.findings.length > 0) output.table(findingTable(result.findings));
      if (differences.length > 0) output.table(differenceTable(differences));
      const { exit, tone } = outcome({
        differences: differences.length > 0 || result.findings.some(({ severity }) => severity === 'error'),
        partial: result.findings.some(({ severity }) => severity === 'warning'),
      });
      output.summary(
        databaseSummary(result, {
          database,
          snapshot: against?.ref.id ?? null,
          opening: namedVaultWords(flags),
          tone,
          seconds: (performance.now() - started) / 1000,
        }),
      );
      return exit;
    } finally {
      await lock?.release();
    }
  } catch (error) {
    if (signal.aborted) throw new LifeboatError('interrupted', {}, { cause: error });
    throw error;
  } finally {
    await database.close();
  }
}

/** Then there is nothing to compare: it may not even have Letta's tables yet. */
async function isUnfinished(database: Database): Promise<boolean> {
  const session = await database.connect();
  try {
    return (await readMark(session))?.state === 'incomplete';
  } finally {
    await session.close();
  }
}

/** `latest` is the newest of this very database where there is one, else the newest. */
async function snapshotToCompare(context: Context, flags: Flags, text: string, database: Database) {
  const vault = await vaultOf(context, flags);
  const source = text === 'latest' ? (await lookAtDatabase(database)).source : undefined;
  return { vault, ref: await resolveSnapshot(vault, text, { reporter: context.output.reporter, ...(source && { source }) }) };
}
