import type { RevisionStep, StateBefore } from '../revision-step.ts';

/**
 * 0.12.0 says where a folder's chunks are. Upstream stamps PINECONE or NATIVE on *all* folders by the environment of the
 * process that migrates. We look at the data: a server below with Pinecone (`file_processor.py` of 0.11.3) counts
 * `files.chunks_embedded` and writes no source_passages, one without writes a passage per chunk. So a folder is at
 * Pinecone if chunks of its files were embedded and not one of its passages is here.
 *
 * The label matters: from 0.12.0 on a folder is searched where it says, and only there (`files_tool_executor.py`).
 * Downwards it goes (servers ask their environment again); archives know no PINECONE below, which no server ever
 * writes there.
 */
export const step: RevisionStep = {
  revision: 'b888f21b151f',
  up: (state) => {
    const embedded = `(select distinct f.source_id from ${state.rows('files', ['source_id', 'chunks_embedded', 'is_deleted'])} f
                        where f.chunks_embedded > 0 and not f.is_deleted)`;
    const local = `(select distinct p.source_id from ${state.rows('source_passages', ['source_id'])} p)`;
    const sources = state.rows('sources', ['id']);
    return {
      set: {
        sources: {
          join: `left join ${embedded} e on e.source_id = t.id left join ${local} l on l.source_id = t.id`,
          columns: {
            vector_db_provider: `case when e.source_id is not null and l.source_id is null then 'PINECONE'::text else 'NATIVE'::text end`,
          },
        },
      },
      losses: [
        {
          class: 'derived',
          table: 'sources',
          column: 'vector_db_provider',
          reason:
            'chunks of this folder’s files were embedded, and none of them is in the database: it is marked as being at Pinecone, where a server with Pinecone’s settings finds it',
          sql: `select 'id=' || t.id, null from ${sources} t join ${embedded} e on e.source_id = t.id
                  left join ${local} l on l.source_id = t.id where l.source_id is null`,
          wayBack: `If there is no Pinecone any more: update sources set vector_db_provider = 'NATIVE' where vector_db_provider = 'PINECONE'; and upload the files again.`,
        },
        {
          class: 'derived',
          table: 'sources',
          column: 'vector_db_provider',
          reason:
            'some files of this folder have no chunks in the database, others have: it is marked NATIVE, and a search finds those in the database only',
          sql: `select distinct 'id=' || f.source_id, null
                  from ${state.rows('files', ['id', 'source_id', 'chunks_embedded', 'is_deleted'])} f
                  join ${local} l on l.source_id = f.source_id
                  left join (select distinct p.file_id from ${state.rows('source_passages', ['file_id'])} p) c on c.file_id = f.id
                 where f.chunks_embedded > 0 and not f.is_deleted and c.file_id is null`,
        },
      ],
      checks: [
        {
          of: { table: 'sources', columns: ['vector_db_provider'] },
          sql: (built) => `
            select 'id=' || q.id, 'is marked PINECONE, and its chunks are in the database or never were embedded'
              from (select b.id from ${built('sources')} b where b.vector_db_provider <> 'NATIVE'
                    except (select e.source_id from ${embedded} e except select l.source_id from ${local} l)) q
            union all
            select 'id=' || q.id, 'is marked NATIVE, and its chunks are not in the database'
              from (select e.source_id as id from ${embedded} e except select l.source_id from ${local} l
                    except select b.id from ${built('sources')} b where b.vector_db_provider = 'PINECONE') q
            union all
            select 'id=' || b.id, 'has no vector_db_provider' from ${built('sources')} b where b.vector_db_provider is null`,
        },
      ],
    };
  },
  down: (state) => ({ ...archivesDown(state), ...labelsGone(state) }),
};

function archivesDown(state: StateBefore) {
  const archives = state.rows('archives', ['id', 'vector_db_provider']);
  return {
    set: {
      archives: {
        columns: { vector_db_provider: `case when t.vector_db_provider = 'PINECONE' then 'NATIVE'::text else t.vector_db_provider end` },
      },
    },
    checks: [
      {
        of: { table: 'archives', columns: ['vector_db_provider'] },
        sql: (built: (table: string) => string) => `
          select 'id=' || a.id, 'its vector_db_provider is not that of the snapshot'
            from ${archives} a join ${built('archives')} b on b.id = a.id
           where b.vector_db_provider is distinct from a.vector_db_provider
             and not (b.vector_db_provider = 'NATIVE' and a.vector_db_provider = 'PINECONE')`,
      },
    ],
  };
}

function labelsGone(state: StateBefore) {
  const gone = (table: string, reason: string, where: string) => ({
    class: 'dropped' as const,
    table,
    column: 'vector_db_provider',
    reason,
    sql: `select 'id=' || t.id, null from ${state.rows(table, ['id', 'vector_db_provider'])} t where t.vector_db_provider ${where}`,
  });
  return {
    moved: ['sources.vector_db_provider', 'archives.vector_db_provider'],
    losses: [
      gone(
        'sources',
        'the folder’s chunks are at Pinecone or Turbopuffer; servers below 0.12.0 look where their environment says',
        `<> 'NATIVE'`,
      ),
      gone('archives', 'below 0.12.0 an archive cannot be at Pinecone: it is marked NATIVE', `= 'PINECONE'`),
    ],
  };
}
