import { archiveConfigs } from '../archive-config.ts';
import type { LossQuery, RevisionStep, StateBefore } from '../revision-step.ts';

/** 0.16.4 (297e8217e952): from here on an archive may have no embedding configuration. */
const mayBeEmptyFrom = 159;

/**
 * 0.13.0 keeps an embedding configuration with every archive. Upstream takes that of any live passage (which one is
 * chance), and where there is none *invents* one, that of Letta's own free service; its commits in the middle leave a
 * database that cannot be upgraded again (letta-server.md §1.4). We take the earliest live passage's, else that of a
 * soft-deleted one, else that of the agent whose archive it is. If none of them says anything, nothing is invented: the
 * column stays empty from 0.16.4 on, where that is allowed, and below the archive is set aside.
 *
 * A database left in the middle by upstream has the column already, with invented values among true ones: they are
 * not taken over but derived afresh. Downwards the column goes, and is a loss only where it could not be derived again.
 */
export const step: RevisionStep = {
  revision: 'f6cd5a1e519d',
  up: (state) => {
    const { found, expected } = archiveConfigs(state);
    const archives = state.rows('archives', ['id']);
    return {
      set: { archives: { join: `left join ${found} c on c.archive_id = t.id`, columns: { embedding_config: 'c.config' } } },
      losses: [
        evidence(
          archives,
          found,
          'deleted',
          'only soft-deleted passages of this archive tell how it was embedded: it has their configuration',
        ),
        evidence(archives, found, 'agent', 'this archive has no passages: it has the embedding configuration of the agent it belongs to'),
        ...(state.to.position < mayBeEmptyFrom ? [] : [empty(archives, found)]),
      ],
      checks: [
        {
          of: { table: 'archives', columns: ['embedding_config'] },
          sql: (built) => `
            select 'id=' || b.id, 'its embedding_config is neither that of its passages nor that of its agent'
              from ${built('archives')} b
             where b.embedding_config is not null
               and not exists (select from ${expected} e where e.archive_id = b.id and e.config = b.embedding_config::text)
            union all
            select 'id=' || b.id, 'has no embedding_config, though its passages or its agent tell it'
              from ${built('archives')} b join ${expected} e on e.archive_id = b.id
             where b.embedding_config is null`,
        },
      ],
    };
  },
  down: (state) => ({ moved: ['archives.embedding_config'], losses: [untold(state)] }),
};

const evidence = (archives: string, found: string, kind: string, reason: string): LossQuery => ({
  class: 'derived',
  table: 'archives',
  column: 'embedding_config',
  reason,
  sql: `select 'id=' || t.id, null from ${archives} t join ${found} c on c.archive_id = t.id and c.evidence = '${kind}'`,
});

const empty = (archives: string, found: string): LossQuery => ({
  class: 'derived',
  table: 'archives',
  column: 'embedding_config',
  reason:
    'nothing tells how this archive is to be embedded, and nothing is invented: it has no embedding configuration, and is searched by text only',
  sql: `select 'id=' || t.id, null from ${archives} t left join ${found} c on c.archive_id = t.id where c.archive_id is null`,
});

function untold(state: StateBefore): LossQuery {
  return {
    class: 'dropped',
    table: 'archives',
    column: 'embedding_config',
    reason: 'below 0.13.0 an archive has no embedding configuration of its own, and neither its passages nor its agents have this one',
    sql: `select 'id=' || t.id, null from ${state.rows('archives', ['id', 'embedding_config'])} t
            left join ${archiveConfigs(state).found} c on c.archive_id = t.id
           where t.embedding_config::text <> 'null' and t.embedding_config::text is distinct from c.config::text`,
  };
}
