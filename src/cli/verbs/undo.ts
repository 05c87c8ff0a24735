import { openDatabase } from '../../postgres/open-database.ts';
import { findUndoRecord } from '../../repair/find-record.ts';
import { readTarget } from '../../repair/repair-target.ts';
import { planUndo, readUndoRecord, requireSameDatabase, requireUndoable, undo as takeBack } from '../../repair/undo.ts';
import { LifeboatError } from '../../report/errors.ts';
import { exitCodes } from '../../report/exit-codes.ts';
import { confirmChange } from '../confirm-change.ts';
import type { Context, VaultFlags } from '../context.ts';
import { namesDatabase } from '../names-database.ts';
import { usageError } from '../usage-error.ts';
import { vaultOf } from '../use-vault.ts';
import { vaultWords } from '../vault-words.ts';
import { undoPlanView, undoSummary } from '../views/repair-views.ts';

/** `undo ID DB` */
export async function undo(context: Context, flags: VaultFlags & { whileInUse?: true }, text: string, target: string): Promise<number> {
  const { output, signal, environment, toolVersion } = context;
  if (namesDatabase(text) && !namesDatabase(target))
    throw usageError('The id of the repair comes first, the database behind it.', 'lifeboat undo ID DB');
  const vault = await vaultOf(context, flags);
  const record = await readUndoRecord(vault, await findUndoRecord(vault, text));
  const database = openDatabase(target, { environment });
  const lock = await vault.lock('shared', 'undo');
  const started = performance.now();
  const whileInUse = flags.whileInUse ?? false;
  try {
    const found = await readTarget(database, whileInUse);
    requireSameDatabase(record, found, database.label);
    await requireUndoable(database, vault, record, signal);
    const plan = planUndo(record);
    const message = `This changes rows of ${database.name} back.`;
    if (!(await confirmChange(context, undoPlanView(plan, found, database), message, database.name))) throw new LifeboatError('declined');
    const undone = await takeBack({ database, vault, plan, whileInUse, tool: toolVersion, reporter: output.reporter, signal });
    output.summary(undoSummary(undone, database, vaultWords(vault, flags), (performance.now() - started) / 1000));
    return exitCodes.done;
  } catch (error) {
    if (signal.aborted) throw new LifeboatError('interrupted', {}, { cause: error });
    throw error;
  } finally {
    await lock.release();
    await database.close();
  }
}
