import type { Fact } from '../../report/output.ts';
import type { Vault } from '../../vault/vault.ts';

export function vaultFacts(vault: Vault): Fact[] {
  return [
    ['vault', vault.store.location],
    ['fingerprint', vault.fingerprint],
    ['encryption', vault.sealed ? 'sealed (age)' : 'NONE'],
  ];
}
