import { type Reporter, silentReporter } from '../report/progress.ts';
import { readCondemned } from './condemned.ts';
import { readDamaged } from './damaged.ts';
import type { FingerprintPin } from './fingerprint-pin.ts';
import type { Credentials } from './key-file.ts';
import { unlockKeys } from './key-ring.ts';
import { OpenedVault } from './opened-vault.ts';
import { configOfKit } from './recovery-kit.ts';
import type { Store } from './store.ts';
import { checkConfig, fingerprintOf, readConfig } from './vault-config.ts';

/**
 * Opens a vault: vault.json by itself, then the pinned fingerprint (before any passphrase is tried on a vault that is
 * not the known one), then the keys, then both against each other. `pin: null` checks no pin. `selfCheck: false` is for
 * benchmarks, which measure what the self-check costs: no flag and no variable leads to it.
 * @throws LifeboatError no-vault | vault-config-damaged | vault-forged | vault-changed-face | format-newer | key-missing | wrong-key | key-file-damaged
 */
export async function openVault(
  store: Store,
  credentials: Credentials,
  options: { reporter?: Reporter; pin: FingerprintPin | null; selfCheck?: boolean },
): Promise<OpenedVault> {
  const config = await readConfig(store, configOfKit(credentials.kit ?? ''));
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
