import type { ErrorCode } from '../report/error-registry.ts';
import { LifeboatError } from '../report/errors.ts';
import { formatTime, shellWord } from '../report/format.ts';
import type { Reporter, Warning } from '../report/progress.ts';
import type { Manifest } from '../vault/manifest.ts';
import { isOf, type Source } from '../vault/snapshot-source.ts';
import type { SnapshotRef, Vault } from '../vault/vault.ts';

export interface LatestOptions {
  reporter: Reporter;
  source?: Source;
  /** Name of a database, in place of `source`. */
  named?: string;
  /** Called when the latest of the whole vault is taken, and the vault holds snapshots of more than one database. */
  several?: (chosen: string, databases: string[]) => void;
}

/** Candidates that an error lists. */
const listed = 8;

/**
 * The snapshot that a person means: `latest`, an id, a unique beginning of one, or its whole file name.
 * `latest` is the newest of `source` where there is one of it, else the newest; only manifests that are sound and
 * signed count. Where only the name of a database is known (a restore's target, which may be gone), it is the newest of
 * that name, and `several` is told when it had to be chosen among other databases'. @throws LifeboatError no-such-snapshot | snapshot-ambiguous | format-newer
 */
export async function resolveSnapshot(vault: Vault, text: string, options: LatestOptions): Promise<SnapshotRef> {
  const refs = await vault.listSnapshots();
  if (text === 'latest') return await latest(vault, refs, options);
  const found = refs.filter((ref) => ref.file === text || (text !== '' && ref.id.startsWith(text.toLowerCase())));
  const facts = { snapshot: text, vault: vault.store.location };
  if (found.length > 1) throw new LifeboatError('snapshot-ambiguous', { ...facts, snapshots: describe(found) });
  const [ref] = found;
  if (!ref) throw noSuchSnapshot(vault, text, refs);
  return ref;
}

async function latest(
  vault: Vault,
  refs: readonly SnapshotRef[],
  { reporter, source, named, several }: LatestOptions,
): Promise<SnapshotRef> {
  let newest: { ref: SnapshotRef; database: string } | null = null;
  const databases = new Set<string>();
  // Past the one that is taken if none has the name, what cannot be read matters only if there is one after all.
  const later: Warning[] = [];
  for (const ref of refs.toReversed()) {
    const looksOn = named !== undefined && newest !== null;
    const tell = looksOn ? (warning: Warning) => later.push(warning) : reporter.warning;
    const manifest = await soundManifest(vault, ref, tell, looksOn ? [...unsound, 'format-newer'] : unsound);
    if (manifest === null) continue;
    const { database } = manifest.source;
    if (source ? isOf(manifest, source) : named === undefined || named === database) {
      for (const warning of later) reporter.warning(warning);
      return ref;
    }
    newest ??= { ref, database };
    databases.add(database);
  }
  if (newest === null) throw noSuchSnapshot(vault, 'latest', refs);
  if (databases.size > 1) several?.(newest.database, [...databases].sort());
  return newest.ref;
}

/** An empty vault has nothing to list: what it needs is a backup. */
export function noSuchSnapshot({ store }: Vault, snapshot: string, refs: readonly SnapshotRef[]): LifeboatError {
  const vault = shellWord(store.location);
  const remedy = refs.length === 0 ? `lifeboat backup DB --vault ${vault}` : `lifeboat list --vault ${vault}`;
  return new LifeboatError('no-such-snapshot', { snapshot, vault: store.location, snapshots: describe(refs), remedy });
}

const unsound: ErrorCode[] = ['manifest-damaged', 'manifest-forged', 'object-missing'];

/** Null for a manifest that is damaged or forged, or what else is passed over: it never is the latest. */
async function soundManifest(
  vault: Vault,
  ref: SnapshotRef,
  tell: (warning: Warning) => void,
  passedOver: readonly ErrorCode[],
): Promise<Manifest | null> {
  try {
    return await vault.readManifest(ref);
  } catch (error) {
    if (!(error instanceof LifeboatError) || !passedOver.includes(error.code)) throw error;
    tell({ code: 'snapshot-passed-over', message: `${ref.id} is not taken for the latest: ${error.message}`, partial: true });
    return null;
  }
}

function describe(refs: readonly SnapshotRef[]): string[] {
  if (refs.length === 0) return ['no snapshot yet'];
  const newest = refs.slice(-listed).map((ref) => `${ref.id} (${formatTime(ref.time)})`);
  return refs.length > listed ? [`${refs.length - listed} older ones`, ...newest] : newest;
}
