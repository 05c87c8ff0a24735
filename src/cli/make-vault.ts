import { createVault } from '../vault/create-vault.ts';
import { openStore } from '../vault/open-store.ts';
import type { OpenedVault } from '../vault/opened-vault.ts';
import type { Store } from '../vault/store.ts';
import type { Context, VaultFlags } from './context.ts';
import { passphraseFrom } from './passphrase.ts';
import { askNewPassphrase } from './prompts.ts';
import { rememberingPin, vaultOf } from './use-vault.ts';

export interface NewVaultFlags extends VaultFlags {
  recipient?: string[];
  like?: string;
  /** False for --no-encryption. */
  encryption?: boolean;
}

/** Makes a vault with what flags, environment and, at a terminal, a person give. @throws LifeboatError as createVault */
export async function makeVault(context: Context, flags: NewVaultFlags, store: Store): Promise<OpenedVault> {
  const sealed = flags.encryption ?? true;
  const recipients = flags.recipient ?? [];
  const like = flags.like === undefined ? undefined : await vaultOf(context, flags, openStore(flags.like));
  let passphrase = sealed ? await passphraseFrom(context.environment) : undefined;
  if (sealed && passphrase === undefined && recipients.length === 0 && context.interactive) {
    passphrase = await askNewPassphrase('A passphrase for the new vault (nobody can recover it)', context.signal);
  }
  return await createVault(store, {
    sealed,
    ...(passphrase !== undefined && { passphrase }),
    ...(sealed && { recipients }),
    ...(like && { like }),
    reporter: context.output.reporter,
    pin: rememberingPin(context.output.reporter),
  });
}
