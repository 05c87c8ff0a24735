import { exitCodes } from '../../report/exit-codes.ts';
import type { Context } from '../context.ts';
import { makeVault, type NewVaultFlags } from '../make-vault.ts';
import { storeOf } from '../use-vault.ts';
import { vaultWords } from '../vault-words.ts';
import { vaultFacts } from '../views/vault-facts.ts';

export async function init(context: Context, flags: NewVaultFlags): Promise<number> {
  const vault = await makeVault(context, flags, storeOf(flags));
  const opening = vaultWords(vault, {});
  context.output.summary({
    fields: { vault: vault.store.location, vaultId: vault.id, fingerprint: vault.fingerprint, sealed: vault.sealed },
    tone: vault.sealed ? 'good' : 'warning',
    title: vault.sealed ? 'The vault is made.' : 'The vault is made. IT IS NOT ENCRYPTED: whoever holds it can read it.',
    facts: vaultFacts(vault),
    next: [
      `lifeboat key kit ${opening} --to lifeboat-kit.txt   # keep it apart from the vault and the passphrase`,
      `lifeboat backup DB ${opening}`,
    ],
  });
  return exitCodes.done;
}
