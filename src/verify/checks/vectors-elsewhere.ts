import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import type { Finding } from '../finding.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';

const places = [
  {
    table: 'archives',
    one: 'archive',
    why: 'Searches go to Turbopuffer or Pinecone. A copy of this database names the same namespaces there: its server would write into them, and delete from them, as the first one does. Their passages are here, too, and can be embedded anew.',
  },
  {
    table: 'sources',
    one: 'folder',
    why: 'The chunks of its files have no usable vectors here, and this database cannot bring them back; the parsed text is in file_contents and can be processed anew.',
  },
] as const;

export const vectorsElsewhere: Check = {
  code: 'vectors-elsewhere',
  group: 'outside',
  severity: 'note',
  looksFor: 'Archives and folders whose vectors are in Turbopuffer or Pinecone.',
  effect: 'A restored database shares them with the one that it is a copy of; a snapshot does not hold them (letta-server.md §12).',
  run: async (context) => {
    const findings: Finding[] = [];
    for (const { table, one, why } of places) {
      if (!has(context, table, 'id', 'vector_db_provider')) continue;
      const found = await findRows(
        context.session,
        `select t.id, t.vector_db_provider::text as provider from ${qualified(context.home, null, table)} t where lower(t.vector_db_provider::text) <> 'native'`,
      );
      findings.push(
        ...findingOf(vectorsElsewhere, found, (rows) => ({
          where: `${table}.vector_db_provider`,
          message: `${formatCountOf(found.count, one)} with vectors outside this database: ${someOf(rows, 'provider')}`,
          why,
          repair: 'Start a server on a copy without LETTA_TPUF_API_KEY and the key of Pinecone, so that it cannot reach them.',
        })),
      );
    }
    return findings;
  },
};
