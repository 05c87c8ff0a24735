import { backup } from '../../backup/backup.ts';
import { openDatabase } from '../../postgres/open-database.ts';
import { LifeboatError } from '../../report/errors.ts';
import type { OpenedVault } from '../../vault/opened-vault.ts';
import type { Context, VaultFlags } from '../context.ts';
import { makeVault } from '../make-vault.ts';
import { outcome } from '../outcome.ts';
import { askYesOrNo } from '../prompts.ts';
import { storeOf, vaultOf } from '../use-vault.ts';
import { vaultWords } from '../vault-words.ts';
import { backupPlan, backupSummary } from '../views/backup-views.ts';

export async function backUp(context: Context, flags: VaultFlags & { tag?: string[] }, target: string): Promise<number> {
  const { output, signal, toolVersion, environment } = context;
  const database = openDatabase(target, { environment });
  try {
    const vault = await vaultOrNew(context, flags);
    const tags = flags.tag ?? [];
    output.plan(backupPlan(database, vault, tags));
    const result = await backup({
      database,
      vault,
      reporter: output.reporter,
      signal,
      toolVersion,
      tags,
      encryptionKey: environment.LETTA_ENCRYPTION_KEY || null,
    });
    const { exit, tone } = outcome({ partial: result.manifest.warnings.some((warning) => warning.partial) });
    output.summary(backupSummary(result, { database, vault, tone, opening: vaultWords(vault, flags) }));
    return exit;
  } finally {
    await database.close();
  }
}

/** A person is offered a vault where there is none yet; a program gets the error that names the command. */
async function vaultOrNew(context: Context, flags: VaultFlags): Promise<OpenedVault> {
  const store = storeOf(flags);
  try {
    return await vaultOf(context, flags, store);
  } catch (error) {
    if (!(error instanceof LifeboatError) || error.code !== 'no-vault' || !context.interactive) throw error;
    if (!context.yes && !(await askYesOrNo(`There is no vault at ${store.location} yet. Make one?`, context.signal))) throw error;
  }
  return await makeVault(context, flags, store);
}
