import type { Database } from '../../postgres/database.ts';
import { openDatabase } from '../../postgres/open-database.ts';
import { openPlace } from '../../postgres/open-place.ts';
import { LifeboatError } from '../../report/errors.ts';
import { halfDone } from '../../switch/half-done.ts';
import { listKeys } from '../../vault/key-ring.ts';
import { assess, type DatabaseState } from '../assess.ts';
import type { Context, VaultFlags } from '../context.ts';
import { lookAtDatabase } from '../look-at-database.ts';
import { parseAge } from '../parse-age.ts';
import { readProven } from '../read-proven.ts';
import { readSnapshots } from '../read-snapshots.ts';
import { vaultOf } from '../use-vault.ts';
import { vaultWords } from '../vault-words.ts';
import { statusSummary } from '../views/status-view.ts';

type Flags = VaultFlags & { metrics?: true; maxProofAge: string; maxBackupAge: string };

export async function status(context: Context, flags: Flags, target?: string): Promise<number> {
  const maxAge = { proof: parseAge(flags.maxProofAge, '--max-proof-age'), backup: parseAge(flags.maxBackupAge, '--max-backup-age') };
  const vault = await vaultOf(context, flags);
  const { snapshots } = await readSnapshots(vault);
  const now = new Date();
  const proven = await readProven(vault, snapshots, now);
  const locks = await Array.fromAsync(vault.store.list('locks/'));
  const database = target === undefined ? null : await look(context, target);
  const facts = { vault, snapshots, proven, keys: await listKeys(vault.store), locks: locks.length, database, now, maxAge };
  const verdict = assess(facts);
  const summary = statusSummary(facts, verdict, vaultWords(vault, flags));
  if (flags.metrics) {
    const { metricsText } = await import('../views/status-metrics.ts');
    context.output.document({ type: 'metrics', text: await metricsText(facts, verdict), fields: summary.fields });
  } else context.output.summary(summary);
  return verdict.exit;
}

/** A database that cannot be reached is part of the answer, not the end of it. */
async function look({ environment }: Context, target: string): Promise<DatabaseState> {
  const database = openDatabase(target, { environment });
  try {
    const glance = await lookAtDatabase(database);
    // Directories cannot be shut off: an embedded database opens even while it is being exchanged.
    const unfinished = database.kind === 'embedded' ? await unfinishedSwitch(database) : null;
    return unfinished ? { label: database.label, name: database.name, error: unfinished } : { label: database.label, glance };
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    return { label: database.label, name: database.name, error: (await unfinishedSwitch(database)) ?? error };
  } finally {
    await database.close();
  }
}

/** A switch that was cut off explains why nobody can connect; where that cannot be asked, the first error stands. */
async function unfinishedSwitch(database: Database): Promise<LifeboatError | null> {
  try {
    const place = await openPlace(database);
    try {
      return await halfDone(place, database.name);
    } finally {
      await place.close();
    }
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    return null;
  }
}
