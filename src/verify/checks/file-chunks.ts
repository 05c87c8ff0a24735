import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, type CheckContext, has } from '../check.ts';
import { findingOf, findRows } from '../found-rows.ts';

export const fileChunks: Check = {
  code: 'file-chunks',
  group: 'files',
  severity: 'warning',
  looksFor:
    'A completed file has another number of passages than its chunks_embedded says, in a folder whose vectors are in this database.',
  effect:
    'semantic_search_files finds only what is there; nothing embeds the missing chunks (letta/services/file_processor/file_processor.py; letta-server.md §12.1 no. 7).',
  run: async (context) => {
    const { session, home } = context;
    if (!has(context, 'files', 'id', 'source_id', 'processing_status', 'chunks_embedded', 'is_deleted')) return [];
    if (!has(context, 'source_passages', 'file_id', 'is_deleted')) return [];
    const found = await findRows(
      session,
      `select f.id, f.chunks_embedded, coalesce(p.passages, 0) as passages
         from ${qualified(home, null, 'files')} f
         left join (select s.file_id, count(*) as passages from ${qualified(home, null, 'source_passages')} s where not s.is_deleted group by s.file_id) p
           on p.file_id = f.id
        where not f.is_deleted and f.processing_status = 'completed' and f.chunks_embedded <> coalesce(p.passages, 0) ${native(context)}`,
    );
    return findingOf(fileChunks, found, (rows) => ({
      where: 'files.chunks_embedded',
      message: `${formatCountOf(found.count, 'completed file')} with more or fewer passages than were embedded, ${rows[0]?.id} with ${rows[0]?.passages} of ${rows[0]?.chunks_embedded}`,
      why: 'A server searches these files by meaning in the passages that are there, and takes the file for complete.',
      repair: 'Restore source_passages from a snapshot; or delete the file and upload it again.',
    }));
  },
};

/** Since 0.12.0 a folder’s vectors may be elsewhere (Pinecone, Turbopuffer): it has no passages here. */
const native = (context: CheckContext): string =>
  has(context, 'sources', 'id', 'vector_db_provider')
    ? `and not exists (select from ${qualified(context.home, null, 'sources')} o where o.id = f.source_id and o.vector_db_provider::text <> 'NATIVE')`
    : '';
