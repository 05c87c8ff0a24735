import { type BoundProof, bindProofs, type ProvableSnapshot } from '../drill/bind-proofs.ts';
import { type ListedProof, readProofs } from '../drill/read-proofs.ts';
import type { Manifest } from '../vault/manifest.ts';
import { manifestHash } from '../vault/manifest-hash.ts';
import type { Vault } from '../vault/vault.ts';
import type { ListedSnapshot } from './views/snapshot-facts.ts';

/** A sound snapshot with what proofs are bound to. */
export type SoundSnapshot = ProvableSnapshot & { manifest: Manifest };

/** What a vault can show for its snapshots. */
export interface Proven {
  /** Every record, those that cannot be read too. */
  listed: readonly ListedProof[];
  bound: readonly BoundProof[];
  /** Oldest first. */
  sound: readonly SoundSnapshot[];
}

/** Reads the proofs of a vault and ties them to the snapshots that were read. @throws LifeboatError as readProofs */
export async function readProven(vault: Vault, snapshots: readonly ListedSnapshot[], now: Date): Promise<Proven> {
  const listed = await readProofs(vault);
  const proofs = listed.flatMap((each) => ('proof' in each ? [each.proof] : []));
  const drilled = new Set(proofs.map(({ snapshot }) => snapshot.file));
  const sound: SoundSnapshot[] = [];
  for (const snapshot of snapshots) {
    if (!('manifest' in snapshot)) continue;
    const { ref, manifest } = snapshot;
    const hash = drilled.has(ref.file) ? await manifestHash(vault.store, ref) : null;
    sound.push({ id: ref.id, file: ref.file, hash, source: manifest.source, manifest });
  }
  return { listed, bound: bindProofs(proofs, sound, now), sound };
}
