import { openDatabase } from '../../postgres/open-database.ts';
import { LifeboatError } from '../../report/errors.ts';
import { listKeys } from '../../vault/key-ring.ts';
import { assess, type DatabaseState } from '../assess.ts';
import type { Context, VaultFlags } from '../context.ts';
import { lookAtDatabase } from '../look-at-database.ts';
import { readSnapshots } from '../read-snapshots.ts';
import { vaultOf } from '../use-vault.ts';
import { vaultWords } from '../vault-words.ts';
import { statusSummary } from '../views/status-view.ts';

export async function status(context: Context, flags: VaultFlags, target?: string): Promise<number> {
  const vault = await vaultOf(context, flags);
  const { snapshots } = await readSnapshots(vault);
  const locks = await Array.fromAsync(vault.store.list('locks/'));
  const database = target === undefined ? null : await look(context, target);
  const facts = { vault, snapshots, keys: await listKeys(vault.store), locks: locks.length, database, now: new Date() };
  const verdict = assess(facts);
  context.output.summary(statusSummary(facts, verdict, vaultWords(vault, flags)));
  return verdict.exit;
}

/** A database that cannot be reached is part of the answer, not the end of it. */
async function look({ environment }: Context, target: string): Promise<DatabaseState> {
  const database = openDatabase(target, { environment });
  try {
    return { label: database.label, glance: await lookAtDatabase(database) };
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    return { label: database.label, error };
  } finally {
    await database.close();
  }
}
