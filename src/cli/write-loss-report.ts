import { reportId } from '../restore/accepted-losses.ts';
import type { RestoreResult } from '../restore/restore.ts';
import { checkNewFile, writeNewFile } from './read-text-file.ts';
import { usageError } from './usage-error.ts';
import { carriedMarkdown } from './views/carried-view.ts';
import { lossMarkdown } from './views/loss-views.ts';

/** Writes the loss report to a new file: Markdown for people, JSON for programs. @throws LifeboatError usage | file-unwritable */
export async function writeLossReport(
  file: string | undefined,
  { plan, losses, done, agents, carried }: RestoreResult,
  label: string,
): Promise<void> {
  if (file === undefined) return;
  const facts: [string, string][] = [
    ['snapshot', plan.snapshot.id],
    ['database', label],
    ['way', plan.way ? `Letta ${plan.way.from.release} → ${plan.way.to.release}` : `Letta ${plan.snapshot.release}`],
    ['plan', plan.id],
    ...(done && losses.some((loss) => loss.class === 'dropped')
      ? ([['to accept', `--accept-losses ${reportId(plan, losses)}`]] as [string, string][])
      : []),
    ['state', done ? 'built and read back' : 'a dry run: losses as counted in the snapshot'],
    ...(agents.length > 0
      ? ([['agents', `${agents.filter(({ there }) => there).length} of ${agents.length} there`]] as [string, string][])
      : []),
  ];
  await writeNewFile(
    file,
    file.endsWith('.json')
      ? `${JSON.stringify({ ...Object.fromEntries(facts), way: plan.way && { from: plan.way.from, to: plan.way.to }, agents, losses, carried }, null, 2)}\n`
      : `${lossMarkdown('Loss report', facts, losses, { built: done })}${carriedMarkdown(carried)}`,
  );
}

/** @throws LifeboatError usage | file-unwritable: before anything is done */
export async function checkReportName(file: string | undefined): Promise<void> {
  if (file === undefined) return;
  if (!/\.(?:md|json)$/.test(file))
    throw usageError(`--report ${file}: it is not known what to write there.`, 'Give a name that ends with .md or .json.');
  await checkNewFile(file);
}
