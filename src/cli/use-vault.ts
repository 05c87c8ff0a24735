import { LifeboatError } from '../report/errors.ts';
import type { Reporter } from '../report/progress.ts';
import { type FingerprintPin, filePin } from '../vault/fingerprint-pin.ts';
import { openStore } from '../vault/open-store.ts';
import { openVault } from '../vault/open-vault.ts';
import type { OpenedVault } from '../vault/opened-vault.ts';
import type { Store } from '../vault/store.ts';
import type { Context, VaultFlags } from './context.ts';
import { credentialsFrom } from './credentials.ts';
import { askPassphrase } from './prompts.ts';
import { usageError } from './usage-error.ts';

/** The store that --vault or LIFEBOAT_VAULT names. @throws LifeboatError usage | store-unsupported */
export function storeOf(flags: VaultFlags): Store {
  if (flags.vault === undefined) throw usageError('No vault was named.', 'Give --vault DIRECTORY, or set LIFEBOAT_VAULT.');
  return openStore(flags.vault);
}

/**
 * Opens the vault that the flags name. A person at a terminal is asked for the passphrase, but only once the vault was
 * found, looked sound and is the one known from before. @throws LifeboatError as openVault
 */
export async function vaultOf(context: Context, flags: VaultFlags, store: Store = storeOf(flags)): Promise<OpenedVault> {
  const credentials = await credentialsFrom(context, flags);
  const options = { reporter: context.output.reporter, pin: rememberingPin(context.output.reporter) };
  try {
    return await openVault(store, credentials, options);
  } catch (error) {
    if (!(error instanceof LifeboatError) || error.code !== 'key-missing' || !context.interactive) throw error;
  }
  context.output.settle();
  const passphrase = await askPassphrase(`Passphrase of ${store.location}`, context.signal);
  return await openVault(store, { ...credentials, passphrase }, options);
}

/** Pins in a file; where there is no place for one (a container without a home), that is said and nothing fails. */
export function rememberingPin(reporter: Reporter): FingerprintPin {
  const pin = filePin();
  return {
    at: (location) => pin.at(location),
    known: (location, fingerprint) => pin.known(location, fingerprint),
    async remember(location, fingerprint) {
      try {
        await pin.remember(location, fingerprint);
      } catch (error) {
        if (error instanceof LifeboatError) throw error;
        reporter.detail(`The vault's fingerprint could not be remembered: ${(error as Error).message}`);
      }
    },
  };
}
