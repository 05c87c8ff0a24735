import { shellWord } from '../report/format.ts';
import type { Vault } from '../vault/vault.ts';
import type { VaultFlags } from './context.ts';

/** The flags with which a suggested command opens the same vault in the same way. */
export function vaultWords(vault: Pick<Vault, 'store'>, { identity, kit }: VaultFlags): string {
  const given = Object.entries({ '--vault': vault.store.location, '--identity': identity, '--kit': kit });
  return given.flatMap(([flag, value]) => (value === undefined ? [] : [flag, shellWord(value)])).join(' ');
}
