import { backup } from '../../backup/backup.ts';
import { readMark } from '../../postgres/build-mark.ts';
import { contentsOf, notEmpty } from '../../postgres/contents.ts';
import type { Database, Session } from '../../postgres/database.ts';
import { isUnmade } from '../../postgres/for-a-look.ts';
import { openDatabase } from '../../postgres/open-database.ts';
import { LifeboatError } from '../../report/errors.ts';
import type { Warning } from '../../report/progress.ts';
import type { OpenedVault } from '../../vault/opened-vault.ts';
import { isOf } from '../../vault/snapshot-source.ts';
import type { SnapshotRef } from '../../vault/vault.ts';
import { askFirst } from '../ask-first.ts';
import { type BuildFlags, buildDatabase } from '../build-database.ts';
import type { Context } from '../context.ts';
import { lookAtDatabase } from '../look-at-database.ts';
import { isBareName } from '../names-database.ts';
import { releaseOf } from '../release-flags.ts';
import { resolveSnapshot } from '../resolve-snapshot.ts';
import { vaultOf } from '../use-vault.ts';
import { backupTable } from '../views/backup-views.ts';
import { upgradeNext } from '../views/restore-views.ts';
import { checkReportName } from '../write-loss-report.ts';

type Flags = BuildFlags & { release: string; to?: string; owner?: string; withObjects?: true };

/** A snapshot of the live database, then a database of another release beside it, proven. The live one stays as it is. */
export async function upgrade(context: Context, flags: Flags, text: string): Promise<number> {
  askFirst(context, flags, 'An upgrade');
  await checkReportName(flags.report);
  const release = releaseOf(flags.release);
  const source = openDatabase(text, { environment: context.environment });
  const name = flags.to ?? `${source.name}_${(release.release ?? release.revision.revision).replaceAll('.', '_')}`;
  const target =
    flags.to === undefined || isBareName(name)
      ? source.sibling(name)
      : openDatabase(name, { environment: context.environment, create: true });
  try {
    const vault = await vaultOf(context, flags);
    // The source first: it is the one that the user named.
    if (!flags.dryRun) {
      await (await source.connect()).close();
      await refuseTaken(target);
    }
    const warnings: Warning[] = [];
    const ref = flags.dryRun ? await newestOf(context, vault, source) : await takeSnapshot(context, vault, source, warnings);
    return await buildDatabase(context, flags, {
      vault,
      ref,
      target,
      request: {
        layout: { kind: 'same' },
        owner: flags.owner ?? null,
        withObjects: flags.withObjects ?? false,
        release,
        rekey: flags.rekeyToFile !== undefined,
      },
      warnings,
      next: (opening) => upgradeNext(text, source, target, release.release, opening),
    });
  } finally {
    await target.close();
    await source.close();
  }
}

/** A dry run changes nothing, the vault included: it plans with the newest snapshot of the database. */
async function newestOf({ output }: Context, vault: OpenedVault, source: Database): Promise<SnapshotRef> {
  const identity = (await lookAtDatabase(source)).source;
  const none = new LifeboatError('no-snapshot-to-plan', { database: source.label, vault: vault.store.location });
  if ((await vault.listSnapshots()).length === 0) throw none;
  const ref = await resolveSnapshot(vault, 'latest', { reporter: output.reporter, source: identity });
  if (!isOf(await vault.readManifest(ref), identity)) throw none;
  return ref;
}

/** Whether the new database's name is taken is asked before the backup, and again by the restore. @throws LifeboatError target-not-empty | target-is-built */
async function refuseTaken(target: Database): Promise<void> {
  if (isUnmade(target)) return;
  let session: Session;
  try {
    session = await target.connect();
  } catch (error) {
    if (error instanceof LifeboatError && error.code === 'no-such-database') return;
    throw error;
  }
  try {
    const mark = await readMark(session);
    if (mark?.state === 'incomplete') return;
    const contents = await contentsOf(session);
    if (contents.length > 0) throw notEmpty(target, contents, mark);
  } finally {
    await session.close();
  }
}

async function takeSnapshot(context: Context, vault: OpenedVault, source: Database, warnings: Warning[]): Promise<SnapshotRef> {
  const { output, signal, toolVersion, environment } = context;
  const result = await backup({
    database: source,
    vault,
    reporter: output.reporter,
    signal,
    toolVersion,
    tags: ['upgrade'],
    encryptionKey: environment.LETTA_ENCRYPTION_KEY || null,
  });
  output.table(backupTable(result.manifest));
  warnings.push(...result.manifest.warnings);
  const others = await connectionsTo(source);
  if (others > 0) {
    const warning = {
      code: 'server-still-connected',
      message: `${others} other connection(s) to ${source.name}: what they write from now on is not in the new database. Stop the Letta server and run this again, --to another name, before you switch (switch looks, and refuses otherwise).`,
      partial: false,
    };
    output.reporter.warning(warning);
    warnings.push(warning);
  }
  return result.ref;
}

async function connectionsTo(source: Database): Promise<number> {
  const session = await source.connect();
  try {
    const [row] = await session.query(
      `select count(*)::text as others from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
    );
    return Number(row?.others ?? 0);
  } finally {
    await session.close();
  }
}
