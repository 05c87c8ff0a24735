import type { Credentials } from '../vault/key-file.ts';
import type { Context, VaultFlags } from './context.ts';
import { passphraseFrom } from './passphrase.ts';
import { readTextFile } from './read-text-file.ts';

/** What flags and environment bring to open a vault with. An exported writer key is given like an identity. */
export async function credentialsFrom(context: Context, flags: VaultFlags): Promise<Credentials> {
  const passphrase = await passphraseFrom(context.environment);
  const identity = flags.identity === undefined ? undefined : await readTextFile(flags.identity, '--identity');
  const kit = flags.kit === undefined ? undefined : await readTextFile(flags.kit, '--kit');
  return {
    ...(passphrase !== undefined && { passphrase }),
    ...(identity !== undefined && (identity.trimStart().startsWith('{') ? { writerKey: identity } : { identities: [identity] })),
    ...(kit !== undefined && { kit }),
  };
}
