import { releasesAt, revisionInfo } from '../letta/catalogue.ts';
import { isSupportedWay } from '../letta/find-revision.ts';
import { LifeboatError } from '../report/errors.ts';
import type { Reporter } from '../report/progress.ts';
import { type DatabaseModel, objectKey } from '../schema/model.ts';
import { isSafeType } from '../schema/safe-type.ts';
import { countDrops } from '../upgrade/count-drops.ts';
import { planUpgrade } from '../upgrade/plan-upgrade.ts';
import { revisionSteps } from '../upgrade/steps.ts';
import type { UpgradePlan } from '../upgrade/upgrade-plan.ts';
import type { Manifest, TableEntry } from '../vault/manifest.ts';
import type { Vault } from '../vault/vault.ts';
import type { ReleaseWay, RestoreRequest } from './plan.ts';

/**
 * The way from the snapshot's release to another, and what it costs (null when none is asked for): what the target has no place for is counted in
 * the snapshot itself. @throws LifeboatError release-of-snapshot-unknown | release-way-unsupported | own-table-in-the-way
 */
export async function planWay(
  vault: Vault,
  manifest: Manifest,
  source: DatabaseModel,
  tables: readonly TableEntry[],
  request: Pick<RestoreRequest, 'release' | 'rekey'>,
  reporter: Reporter,
): Promise<{ plan: UpgradePlan; way: ReleaseWay } | null> {
  if (!request.release && !request.rekey) return null;
  const from = revisionInfo(manifest.letta.revision ?? '');
  if (from === undefined)
    throw new LifeboatError('release-of-snapshot-unknown', { snapshot: manifest.id, revision: manifest.letta.revision ?? 'none' });
  const target = request.release ?? { revision: from, release: releasesAt(from.revision).at(-1) ?? null };
  const to = target.revision;
  if (!isSupportedWay(from, to)) throw new LifeboatError('release-way-unsupported', { from: from.revision, to: to.revision });
  refuseUnsafeTypes(source, tables);
  const plan = planUpgrade(source, from.revision, to.revision, revisionSteps);
  const [taken] = plan.inTheWay;
  if (taken !== undefined) throw new LifeboatError('own-table-in-the-way', { table: taken, release: target.release ?? to.revision });
  const entries = new Map(tables.map((entry) => [objectKey(entry), entry]));
  const counted = { bytes: 0 };
  const losses = await countDrops(vault, entries, plan.drops, from.revision, (bytes) => {
    counted.bytes += bytes;
    reporter.progress({ rows: 0, bytes: counted.bytes, what: 'counting losses' });
  });
  return {
    plan,
    way: {
      from: { revision: from.revision, release: releasesAt(from.revision).at(-1) ?? from.revision },
      to: { revision: to.revision, release: target.release ?? to.revision },
      revisions: Math.abs(to.position - from.position),
      steps: plan.chain.steps,
      losses,
      possible: plan.chain.losses.map(({ class: kind, table, column, reason }) => ({ class: kind, table, column, reason })),
      notes: plan.notes,
      left: plan.left,
    },
  };
}

/** Types of the snapshot's columns are written into the statements that stage and compare them: they must be types and nothing else. */
function refuseUnsafeTypes(source: DatabaseModel, tables: readonly TableEntry[]): void {
  const columns = [
    ...source.tables.flatMap((table) => table.columns.map(({ name, type }) => ({ table, name, type }))),
    ...tables.flatMap((table) => table.shape.map(({ name, type }) => ({ table, name, type }))),
  ];
  const unsafe = columns.filter(({ type }) => !isSafeType(type)).map(({ table, name, type }) => `${objectKey(table)}.${name} (${type})`);
  if (unsafe.length > 0) throw new LifeboatError('objects-needed', { columns: [...new Set(unsafe)] });
}
