import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows } from '../found-rows.ts';

export const fileContent: Check = {
  code: 'file-content',
  group: 'files',
  severity: 'warning',
  looksFor: 'A completed file has no row in file_contents, the only place where its text is.',
  effect:
    'An agent opens it and sees nothing, and grep_files passes over it (letta/services/file_processor/chunker/line_chunker.py, letta/services/tool_executor/files_tool_executor.py; letta-server.md §12, §12.1 no. 7).',
  run: async (context) => {
    const { session, home } = context;
    if (!has(context, 'files', 'id', 'processing_status', 'is_deleted') || !has(context, 'file_contents', 'file_id')) return [];
    const found = await findRows(
      session,
      `select f.id from ${qualified(home, null, 'files')} f
        where not f.is_deleted and f.processing_status = 'completed'
          and not exists (select from ${qualified(home, null, 'file_contents')} c where c.file_id = f.id)`,
    );
    return findingOf(fileContent, found, () => ({
      where: 'files',
      message: `${formatCountOf(found.count, 'completed file')} without text`,
      why: 'A server shows these files as empty to agents that open them; a search by meaning still finds what passages hold.',
      repair: 'Restore file_contents from a snapshot; or delete the file and upload it again.',
    }));
  },
};
