import { openDatabase } from '../../postgres/open-database.ts';
import type { Warning } from '../../report/progress.ts';
import type { RestoreRequest } from '../../restore/plan.ts';
import { askFirst } from '../ask-first.ts';
import { type BuildFlags, buildDatabase } from '../build-database.ts';
import type { Context } from '../context.ts';
import { releaseOf } from '../release-flags.ts';
import { resolveSnapshot } from '../resolve-snapshot.ts';
import { usageError } from '../usage-error.ts';
import { vaultOf } from '../use-vault.ts';
import { restoreNext } from '../views/restore-views.ts';
import { checkReportName } from '../write-loss-report.ts';

type Flags = BuildFlags & { to: string; layout: string; owner?: string; withObjects?: true };

export async function restoreTo(context: Context, flags: Flags, text: string): Promise<number> {
  askFirst(context, flags, 'A restore');
  await checkReportName(flags.report);
  const layout = layoutOf(flags.layout);
  const release = flags.release === undefined ? null : releaseOf(flags.release);
  const target = openDatabase(flags.to, { environment: context.environment, create: true });
  try {
    const vault = await vaultOf(context, flags);
    const notes: Warning[] = [];
    const ref = await resolveSnapshot(vault, text, {
      reporter: context.output.reporter,
      named: target.name,
      several: (chosen, databases) =>
        notes.push({
          code: 'latest-of-several',
          message: `the vault holds snapshots of several databases (${databases.join(', ')}): the latest of them all is one of ${chosen}. For another, name its snapshot: lifeboat list shows them`,
          partial: false,
        }),
    });
    const request: RestoreRequest = {
      layout,
      owner: flags.owner ?? null,
      withObjects: flags.withObjects ?? false,
      release,
      rekey: flags.rekeyToFile !== undefined,
    };
    return await buildDatabase(context, flags, {
      vault,
      ref,
      target,
      request,
      notes,
      next: (opening) => restoreNext(target, release === null && flags.rekeyToFile === undefined ? ref.id : null, opening),
    });
  } finally {
    await target.close();
  }
}

function layoutOf(text: string): RestoreRequest['layout'] {
  if (text === 'same' || text === 'public') return { kind: text };
  const name = /^schema:(.+)$/.exec(text)?.[1];
  if (name === undefined)
    throw usageError(`--layout ${text} is not known.`, 'Give --layout same, --layout public or --layout schema:NAME.');
  return { kind: 'schema', name };
}
