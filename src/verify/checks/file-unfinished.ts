import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows } from '../found-rows.ts';

/** `file_processing_timeout_minutes` in letta/settings.py, the same in every release; nothing sets it otherwise by default. */
const timeoutMinutes = 30;

/** How many of them are old, as it is said of one and of several. */
function ages(count: number, old: number): string {
  if (count === 1) return old === 1 ? 'and' : 'not';
  return old === 0 ? 'none' : old === count ? 'all' : `${old} of them`;
}

export const fileUnfinished: Check = {
  code: 'file-unfinished',
  group: 'files',
  severity: 'warning',
  looksFor: `A file is still pending, parsing or embedding: a note where it is younger than ${timeoutMinutes} minutes.`,
  effect: `Nothing goes on with it after a restart; the next listing of its folder sets a file older than ${timeoutMinutes} minutes to error (letta/services/file_manager.py: check_and_update_file_status; letta-server.md §7.2).`,
  run: async (context) => {
    const { session, home, now } = context;
    if (!has(context, 'files', 'id', 'processing_status', 'created_at', 'is_deleted')) return [];
    const found = await findRows(
      session,
      `select u.*, count(*) filter (where u.old) over () as olds
         from (select f.id, f.created_at < $1::timestamptz - interval '${timeoutMinutes} minutes' as old
                 from ${qualified(home, null, 'files')} f
                where not f.is_deleted and f.processing_status in ('pending', 'parsing', 'embedding')) u`,
      { values: [now.toISOString()] },
    );
    return findingOf(fileUnfinished, found, (rows) => {
      const old = Number(rows[0]?.olds);
      return {
        severity: old > 0 ? 'warning' : 'note',
        where: 'files.processing_status',
        message: `${formatCountOf(found.count, 'file')} not processed to the end, ${ages(found.count, old)} older than ${timeoutMinutes} minutes`,
        why: `A server that is started on this does not go on with them; when their folder is listed, those older than ${timeoutMinutes} minutes become error.`,
        repair: 'Delete such a file and upload it again: only its text is kept (file_contents), never the file itself.',
      };
    });
  },
};
