import { archiveConfigs } from '../archive-config.ts';
import { known } from '../json-values.ts';
import type { Change, RevisionStep, StateBefore } from '../revision-step.ts';

/** 0.13.0 (f6cd5a1e519d). */
const archivesHaveItFrom = 141;

/**
 * 0.16.4 lets archives and passages have no embedding configuration (text search only). Downwards it is demanded again;
 * upstream's downgrade aborts on the first NULL. What a server below accepts differs:
 *
 * - A passage may hold JSON null (`schemas/passage.py` of 0.11.0 … 0.16.2: Optional). One without a vector gets that:
 *   it says the truth, and the text stays where it was. One with a vector gets its archive's (or folder's).
 * - An archive may not (`schemas/archive.py` of 0.13.0 … 0.16.2: EmbeddingConfig). It gets its passages' or agent's, as at
 *   0.13.0; if nothing tells, it is set aside where the target has the column.
 */
export const step: RevisionStep = {
  revision: '297e8217e952',
  down: (state) => merge(archives(state), passages(state, 'archival_passages', 'archive'), passages(state, 'source_passages', 'source')),
};

function archives(state: StateBefore): Change {
  const { found, expected } = archiveConfigs(state);
  const before = state.rows('archives', ['id', 'embedding_config']);
  return {
    set: {
      archives: {
        join: `left join ${found} c on c.archive_id = t.id`,
        columns: { embedding_config: `coalesce(${known('t.embedding_config')}, c.config)` },
      },
    },
    moved: ['archives.embedding_config'],
    // Below 0.13.0 an archive has no such column after all, which its own step counts.
    losses:
      state.to.position < archivesHaveItFrom
        ? []
        : [
            {
              class: 'derived',
              table: 'archives',
              column: 'embedding_config',
              reason: 'below 0.16.4 an archive must have an embedding configuration: this one has that of its passages or of its agent now',
              sql: `select 'id=' || t.id, null from ${before} t join ${found} c on c.archive_id = t.id where ${known('t.embedding_config')} is null`,
            },
          ],
    checks: [
      {
        of: { table: 'archives', columns: ['embedding_config'] },
        sql: (built) => `
          select 'id=' || b.id, 'its embedding_config is not that of the snapshot'
            from ${built('archives')} b join ${before} a on a.id = b.id
           where a.embedding_config::text <> 'null' and b.embedding_config::text is distinct from a.embedding_config::text
          union all
          select 'id=' || q.id, 'its embedding_config is neither that of its passages nor that of its agent'
            from (select b.id, b.embedding_config::text from ${built('archives')} b where b.embedding_config is not null
                  except select a.id, a.embedding_config::text from ${before} a where a.embedding_config::text <> 'null'
                  except select e.archive_id, e.config from ${expected} e) q
          union all
          select 'id=' || b.id, 'has no embedding_config, though its passages or its agent tell it'
            from ${built('archives')} b join ${expected} e on e.archive_id = b.id where b.embedding_config is null`,
      },
    ],
  };
}

/** Passages of archives, or of sources (folders), which never are without configuration. */
function passages(state: StateBefore, table: 'archival_passages' | 'source_passages', of: 'archive' | 'source'): Change {
  const before = state.rows(table, ['id', `${of}_id`, 'embedding_config', 'embedding']);
  const rows = state.rows(`${of}s`, ['id', 'embedding_config']);
  const { found, expected } = archiveConfigs(state);
  const owners =
    of === 'source'
      ? `(select s.id, s.embedding_config as config from ${rows} s)`
      : `(select a.id, coalesce(${known('a.embedding_config')}, c.config) as config from ${rows} a left join ${found} c on c.archive_id = a.id)`;
  // A folder that says JSON null says it of its passages too.
  const told =
    of === 'source'
      ? `(select a.id, a.embedding_config::text as config from ${rows} a)`
      : `(select a.id, a.embedding_config::text as config from ${rows} a where a.embedding_config::text <> 'null'
          union all select e.archive_id, e.config from ${expected} e)`;
  const name = of === 'source' ? 'folder' : 'archive';
  const derived = (reason: string, where: string) => ({
    class: 'derived' as const,
    table,
    column: 'embedding_config',
    reason,
    sql: `select 'id=' || t.id, null from ${before} t where t.embedding_config is null and ${where}`,
  });
  return {
    set: {
      [table]: {
        join: `left join ${owners} o on o.id = t.${of}_id`,
        columns: {
          embedding_config: `case when t.embedding_config is null then case when t.embedding is null then json 'null' else o.config end
                                  else t.embedding_config end`,
        },
      },
    },
    moved: [`${table}.embedding_config`],
    losses: [
      derived(
        'below 0.16.4 a passage must say how it was embedded: this one was not, and says so by JSON null; it is found by its text only, as before',
        't.embedding is null',
      ),
      derived(
        `below 0.16.4 a passage must say how it was embedded: this one has its ${name}’s configuration now`,
        't.embedding is not null',
      ),
    ],
    checks: [
      {
        of: { table, columns: ['embedding_config'] },
        sql: (built) => `
          select 'id=' || p.id, 'its embedding_config is not that of the snapshot'
            from ${built(table)} b join ${before} p on p.id = b.id
           where p.embedding_config is not null and b.embedding_config::text is distinct from p.embedding_config::text
          union all
          select 'id=' || b.id, 'was not embedded, and its embedding_config is not JSON null'
            from ${built(table)} b join ${before} p on p.id = b.id and p.embedding_config is null and p.embedding is null
           where b.embedding_config::text is distinct from 'null'
          union all
          select 'id=' || q.id, 'its embedding_config is not that of its ${name}'
            from (select b.id, b.${of}_id, b.embedding_config::text
                    from ${built(table)} b join ${before} p on p.id = b.id and p.embedding_config is null and p.embedding is not null
                   where b.embedding_config is not null
                  except select p.id, o.id, o.config from ${before} p join ${told} o on o.id = p.${of}_id) q
          union all
          select 'id=' || b.id, 'has no embedding_config, though its ${name} has one'
            from ${built(table)} b join ${told} o on o.id = b.${of}_id where b.embedding_config is null`,
      },
    ],
  };
}

function merge(...changes: Change[]): Change {
  return {
    set: Object.assign({}, ...changes.map(({ set }) => set)),
    moved: changes.flatMap(({ moved = [] }) => moved),
    losses: changes.flatMap(({ losses = [] }) => losses),
    checks: changes.flatMap(({ checks = [] }) => checks),
  };
}
