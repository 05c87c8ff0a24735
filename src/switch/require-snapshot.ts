import type { RestoreMark } from '../postgres/build-mark.ts';
import { LifeboatError } from '../report/errors.ts';
import type { Manifest } from '../vault/manifest.ts';
import type { Vault } from '../vault/vault.ts';

/** The snapshot that a database was built from. @throws LifeboatError switch-other-vault | no-such-snapshot; as readManifest */
export async function requireSnapshot(vault: Vault, mark: RestoreMark, built: string): Promise<Manifest> {
  const facts = { vault: vault.store.location, snapshot: mark.snapshot };
  if (vault.id !== mark.vault) throw new LifeboatError('switch-other-vault', { ...facts, built, vaultId: mark.vault });
  const refs = await vault.listSnapshots();
  const ref = refs.find(({ id }) => id === mark.snapshot);
  if (!ref)
    throw new LifeboatError('no-such-snapshot', {
      ...facts,
      snapshots: refs.slice(-8).map(({ id }) => id),
      remedy: `lifeboat list --vault ${vault.store.location}`,
    });
  return await vault.readManifest(ref);
}
