import { proofOf } from '../../drill/proof-state.ts';
import { exitCodes } from '../../report/exit-codes.ts';
import { formatCountOf } from '../../report/format.ts';
import type { Context, VaultFlags } from '../context.ts';
import { readProven } from '../read-proven.ts';
import { readSnapshots } from '../read-snapshots.ts';
import { vaultOf } from '../use-vault.ts';
import { vaultWords } from '../vault-words.ts';
import { snapshotTable } from '../views/snapshot-facts.ts';
import { proofWarnings } from '../warn-of-proofs.ts';

export async function list(context: Context, flags: VaultFlags): Promise<number> {
  const vault = await vaultOf(context, flags);
  const { snapshots, damaged, newer } = await readSnapshots(vault);
  const proven = await readProven(vault, snapshots, new Date());
  context.output.table(snapshotTable(snapshots, (file) => proofOf(file, proven.bound)));
  context.output.summary({
    fields: { snapshots: snapshots.length, damaged: damaged.map(({ ref }) => ref.id), newer: newer.map(({ ref }) => ref.id) },
    tone: damaged.length > 0 ? 'bad' : newer.length > 0 ? 'warning' : 'good',
    title: `${formatCountOf(snapshots.length, 'snapshot')} in ${vault.store.location}${damaged.length > 0 ? `, ${damaged.length} of them damaged` : ''}`,
    facts: [],
    warnings: [
      ...[...damaged, ...newer].map(({ error }) => ({ code: error.code, message: `${error.message} ${error.next}`, partial: true })),
      ...proofWarnings(proven),
    ],
    next: damaged.length > 0 ? [`lifeboat verify SNAPSHOT ${vaultWords(vault, flags)}   # for the others`] : [],
  });
  return damaged.length > 0 ? exitCodes.corruption : exitCodes.done;
}
