import { LifeboatError } from '../report/errors.ts';
import { type Reporter, silentReporter } from '../report/progress.ts';
import { readCondemned } from './condemned.ts';
import { readDamaged } from './damaged.ts';
import type { FingerprintPin } from './fingerprint-pin.ts';
import { addClearKey, addKey } from './key-ring.ts';
import { OpenedVault } from './opened-vault.ts';
import type { Store } from './store.ts';
import { type Cut, configPath, defaultCut, fingerprintOf, makeConfig, putConfig } from './vault-config.ts';
import { generateKeys, type VaultKeys } from './vault-keys.ts';

export interface NewVault {
  /** Each opens the vault by itself: the passphrase, and any one of the recipients. At least one unless `sealed` is false. */
  passphrase?: string;
  recipients?: readonly string[];
  sealed?: boolean;
  /** An opened vault whose name key, cut seed and cut to share, so that copies between the two deduplicate. */
  like?: { keys: Pick<VaultKeys, 'nameKey' | 'cutSeed'>; cut: Cut };
  cut?: Cut;
  /** log2 of scrypt's work for the passphrase. */
  scryptLogN?: number;
  reporter?: Reporter;
  pin: FingerprintPin | null;
}

/**
 * Makes a vault. vault.json comes last: a crash before it leaves key files that the next attempt clears away.
 * @throws LifeboatError vault-exists | key-missing | bad-recipient | bad-cut | disk-full | vault-not-writable
 */
export async function createVault(store: Store, options: NewVault): Promise<OpenedVault> {
  const sealed = options.sealed ?? true;
  if (sealed && !options.passphrase && !options.recipients?.length) throw new LifeboatError('key-missing', { vault: store.location });
  await mustBeFree(store);
  const keys = await generateKeys(sealed, options.like?.keys);
  const config = makeConfig(keys, options.cut ?? options.like?.cut ?? defaultCut, new Date());
  await mustBeUnknown(store, options.pin, fingerprintOf(config));
  for await (const { path } of store.list('keys/')) await store.delete(path);
  if (!sealed) await addClearKey(store, keys);
  else {
    const { passphrase, recipients, scryptLogN } = options;
    if (passphrase) await addKey(store, keys, { passphrase, ...(scryptLogN === undefined ? {} : { scryptLogN }) });
    if (recipients?.length) await addKey(store, keys, { recipients });
  }
  await putConfig(store, config);
  const vault = new OpenedVault(
    store,
    config,
    keys,
    { condemned: await readCondemned(store), damaged: await readDamaged(store) },
    options.reporter ?? silentReporter,
  );
  await options.pin?.remember(store.location, vault.fingerprint);
  return vault;
}

/** Asked before anything is written: a vault that could not be pinned would be made and then refused for ever. */
async function mustBeUnknown(store: Store, pin: FingerprintPin | null, fingerprint: string): Promise<void> {
  try {
    await pin?.known(store.location, fingerprint);
  } catch (error) {
    if (error instanceof LifeboatError && error.code === 'vault-changed-face')
      throw new LifeboatError('vault-known', { ...error.facts }, { cause: error });
    throw error;
  }
}

async function mustBeFree(store: Store): Promise<void> {
  if ((await store.head(configPath)) !== null) throw new LifeboatError('vault-exists', { vault: store.location });
  for (const prefix of ['snapshots/', 'objects/']) {
    for await (const _ of store.list(prefix)) throw new LifeboatError('vault-exists', { vault: store.location });
  }
}
