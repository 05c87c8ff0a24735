import { shellWord } from '../report/format.ts';
import type { Vault } from '../vault/vault.ts';
import type { VaultFlags } from './context.ts';

/** The flags with which a suggested command opens the same vault in the same way. */
export function vaultWords(vault: Vault, flags: VaultFlags): string {
  return words({ ...flags, vault: vault.store.location });
}

/** The same for a vault that this command did not need, as it was named; `--vault V` where none was. */
export function namedVaultWords({ vault = 'V', ...flags }: VaultFlags): string {
  return words({ ...flags, vault });
}

function words({ vault, identity, kit }: VaultFlags): string {
  const given = Object.entries({ '--vault': vault, '--identity': identity, '--kit': kit });
  return given.flatMap(([flag, value]) => (value === undefined ? [] : [flag, shellWord(value)])).join(' ');
}
