import type { Check, LossQuery, RevisionStep } from '../revision-step.ts';

/** Columns that both new tables have from the old one. */
const common = [
  'id',
  'text',
  'embedding_config',
  'metadata_',
  'embedding',
  'created_at',
  'updated_at',
  'is_deleted',
  '_created_by_id',
  '_last_updated_by_id',
  'organization_id',
];

/**
 * 0.6.5, passages → agent_passages and source_passages. Upstream creates both and drops `passages`: all archival memory and
 * all chunks of sources are gone. We carry every row.
 *
 * Up to 0.6.4 attaching a source wrote the agent's id into the source's own passages (`0.6.4 letta/agent.py:1374`); from
 * 0.6.5 on the agent reads them through sources_agents. So a passage of a source that is there is the source's, with
 * or without an agent, and all others that name an agent are the agent's. What names neither has no place: it is set
 * aside. A file that is gone is no longer named, or the passage could not stand.
 */
export const step: RevisionStep = {
  revision: '54dec07619c4',
  up: (state) => {
    const passages = state.rows('passages');
    const sources = state.rows('sources', ['id']);
    const ofAgent = 't.agent_id is not null and s.id is null';
    const carried = (extra: string) => ({ table: 'passages', carried: Object.fromEntries([...common, extra].map((name) => [name, name])) });
    const values = Object.fromEntries(common.map((name) => [name, `t.${name}`]));
    const keys = state.rows('passages', ['id', 'agent_id', 'source_id', 'file_id', 'organization_id', '_created_by_id', 'metadata_']);
    const old = `${keys} t left join ${sources} s on s.id = t.source_id`;
    const files = state.rows('files', ['id']);
    const lost = (column: string, reason: string, from: string, where: string): LossQuery => {
      return { class: 'dropped', table: 'passages', column, reason, sql: `select 'id=' || t.id, t.agent_id from ${from} where ${where}` };
    };
    const check = (table: string, where: string): Check => ({
      of: { table, columns: ['organization_id', '_created_by_id', 'metadata_', ...(table === 'source_passages' ? ['file_id'] : [])] },
      sql: (built) => `
        select 'id=' || t.id, case when b.id is null then 'is not among the ${table}' else 'is not what it was' end
          from ${old} left join ${files} f on f.id = t.file_id left join ${built(table)} b on b.id = t.id
         where ${where} and (b.id is null or b.organization_id is distinct from t.organization_id
            or b._created_by_id is distinct from t._created_by_id or b.metadata_::text is distinct from t.metadata_::text
            ${table === 'source_passages' ? 'or b.file_id is distinct from f.id' : ''})`,
    });
    return {
      add: {
        agent_passages: [
          {
            from: `${passages} t left join ${sources} s on s.id = t.source_id`,
            where: ofAgent,
            columns: { ...values, agent_id: 't.agent_id' },
            of: carried('agent_id'),
          },
        ],
        source_passages: [
          {
            from: `${passages} t left join ${sources} s on s.id = t.source_id left join ${files} f on f.id = t.file_id`,
            where: `not (${ofAgent})`,
            columns: { ...values, source_id: 't.source_id', file_id: 'f.id' },
            of: carried('source_id'),
          },
        ],
      },
      moved: ['passages', 'passages.agent_id', 'passages.source_id', 'passages.file_id'],
      losses: [
        lost(
          'agent_id',
          'the passage was in the agent’s archival memory as part of a source that is not attached to the agent: it stays with the source',
          `${old} left join ${state.rows('sources_agents', ['agent_id', 'source_id'])} l on l.agent_id = t.agent_id and l.source_id = t.source_id`,
          't.agent_id is not null and s.id is not null and l.agent_id is null',
        ),
        lost(
          'source_id',
          'the source is gone: the passage stays in the agent’s archival memory',
          old,
          `${ofAgent} and t.source_id is not null`,
        ),
        lost(
          'file_id',
          'the file is gone, or the passage is in an agent’s archival memory, which knows no files',
          `${old} left join ${files} f on f.id = t.file_id`,
          `t.file_id is not null and (f.id is null or ${ofAgent})`,
        ),
      ],
      checks: [check('agent_passages', ofAgent), check('source_passages', `not (${ofAgent})`)],
    };
  },
};
