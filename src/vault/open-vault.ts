import { LifeboatError } from '../report/errors.ts';
import { type Reporter, silentReporter } from '../report/progress.ts';
import { readCondemned } from './condemned.ts';
import { readDamaged } from './damaged.ts';
import type { FingerprintPin } from './fingerprint-pin.ts';
import type { Credentials } from './key-file.ts';
import { unlockKeys } from './key-ring.ts';
import { OpenedVault } from './opened-vault.ts';
import { configOfKit } from './recovery-kit.ts';
import type { Store } from './store.ts';
import { checkConfig, fingerprintOf, readConfig, type VaultConfig } from './vault-config.ts';

/**
 * Opens a vault: vault.json by itself, then the pinned fingerprint (before any passphrase is tried on a vault that is
 * not the known one), then the keys, then both against each other. `pin: null` checks no pin. `selfCheck: false` is for
 * benchmarks, which measure what the self-check costs: no flag and no variable leads to it.
 * @throws LifeboatError no-vault | vault-gone | vault-config-damaged | vault-forged | vault-changed-face | format-newer | key-missing | wrong-key | key-file-damaged
 */
export async function openVault(
  store: Store,
  credentials: Credentials,
  options: { reporter?: Reporter; pin: FingerprintPin | null; selfCheck?: boolean },
): Promise<OpenedVault> {
  const config = await configOf(store, credentials, options.pin);
  const fingerprint = fingerprintOf(config);
  await options.pin?.known(store.location, fingerprint);
  const keys = await unlockKeys(store, credentials);
  checkConfig(config, keys, store.location);
  await options.pin?.remember(store.location, fingerprint);
  return new OpenedVault(
    store,
    config,
    keys,
    { condemned: await readCondemned(store), damaged: await readDamaged(store) },
    options.reporter ?? silentReporter,
    options.selfCheck ?? true,
  );
}

/** Where a vault was known, none is no place for a new one, but a disk that is missing. @throws LifeboatError as readConfig; vault-gone */
async function configOf(store: Store, credentials: Credentials, pin: FingerprintPin | null): Promise<VaultConfig> {
  try {
    return await readConfig(store, configOfKit(credentials.kit ?? ''));
  } catch (error) {
    if (!(error instanceof LifeboatError) || error.code !== 'no-vault') throw error;
    const before = await pin?.at(store.location);
    if (!before) throw error;
    throw new LifeboatError('vault-gone', { vault: store.location, pinned: before.fingerprint, file: before.file }, { cause: error });
  }
}
