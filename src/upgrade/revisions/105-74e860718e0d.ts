import { derivedId } from '../../letta/derived-id.ts';
import type { Check, RevisionStep, StateBefore } from '../revision-step.ts';

const description = 'Default archive created during migration';
/** When neither passages nor agent have a date: the day of this revision, for archives began with it. */
const firstDay = `timestamptz '2025-07-30 00:00:00+00'`;

/**
 * 0.11.0, agent_passages → archives and archival_passages. Upstream makes an archive of a random id for every agent with
 * passages that are not deleted, and aborts where one is. We make one for every agent that any passage names, so that
 * none is lost: deleted ones stay deleted in their agent's archive, those of an agent who is gone get one that no agent
 * owns. Its id follows from the agent's, so that each passage's archive is known without a join. Name and description
 * are upstream's. It is as old as its oldest passage: Letta needs a date, and now would be another one at every upgrade.
 */
export const step: RevisionStep = {
  revision: '74e860718e0d',
  up: (state) => {
    const passages = state.rows('agent_passages', ['agent_id', 'organization_id', 'created_at']);
    const agents = state.rows('agents', ['id', 'name', 'organization_id', 'created_at']);
    const owners = `(select p.agent_id, min(p.organization_id collate "C") as organization_id, min(p.created_at) as created_at from ${passages} p group by p.agent_id) t`;
    const id = derivedId('archive', 't.agent_id');
    const created_at = `coalesce(t.created_at, a.created_at, ${firstDay})`;
    return {
      set: { archival_passages: { columns: { archive_id: id } } },
      add: {
        archives: [
          {
            from: `${owners} left join ${agents} a on a.id = t.agent_id`,
            columns: {
              id,
              name: `coalesce(nullif(a.name, ''), 'Agent ' || t.agent_id) || '''s Archive'`,
              description: `'${description}'`,
              organization_id: 'coalesce(a.organization_id, t.organization_id)',
              created_at,
            },
          },
        ],
        archives_agents: [
          {
            from: `${owners} join ${agents} a on a.id = t.agent_id`,
            columns: { agent_id: 't.agent_id', archive_id: id, is_owner: 'true', created_at },
          },
        ],
      },
      moved: ['agent_passages.agent_id'],
      losses: [
        {
          class: 'derived',
          table: 'archives',
          column: null,
          reason: 'the agent whose memories these were is gone: they are kept in an archive that belongs to no agent',
          sql: `select 'agent_id=' || t.agent_id, t.agent_id from ${owners} left join ${agents} a on a.id = t.agent_id where a.id is null`,
        },
        {
          class: 'derived',
          table: 'archives',
          column: 'created_at',
          reason:
            'neither the memories nor their agent have a date, which Letta demands of an archive: it is the day on which archives began',
          sql: `select 'agent_id=' || t.agent_id, t.agent_id from ${owners} left join ${agents} a on a.id = t.agent_id where t.created_at is null and a.created_at is null`,
        },
      ],
      checks: checks(state),
    };
  },
};

/** From the archives' side: whose passages each holds, by the passages' own ids. */
function checks(state: StateBefore): Check[] {
  const old = state.rows('agent_passages', ['id', 'agent_id', 'organization_id', 'created_at']);
  const agents = state.rows('agents', ['id', 'name', 'organization_id', 'created_at']);
  const held = (
    built: (table: string) => string,
  ): string => `(select b.archive_id, min(p.agent_id) as agent_id, max(p.agent_id) as last_agent_id,
       min(p.organization_id collate "C") as organization_id, min(p.created_at) as created_at
      from ${built('archival_passages')} b join ${old} p on p.id = b.id group by b.archive_id)`;
  return [
    {
      of: { table: 'archival_passages', columns: ['archive_id'] },
      sql: (built) => `
        select 'archive_id=' || h.archive_id, case when r.id is null then 'passages are in it, and it is not there' else 'it holds memories of several agents, or of one who does not own it' end
          from ${held(built)} h left join ${built('archives')} r on r.id = h.archive_id left join ${built('archives_agents')} l on l.archive_id = h.archive_id
          left join ${agents} a on a.id = h.agent_id
         where r.id is null or h.agent_id <> h.last_agent_id or l.agent_id is distinct from a.id
        union all
        select 'agent_id=' || p.agent_id, 'its memories are in several archives' from ${built('archival_passages')} b join ${old} p on p.id = b.id
         group by p.agent_id having count(distinct b.archive_id) > 1
        union all
        select 'id=' || b.id, 'is in no archive' from ${built('archival_passages')} b where b.archive_id is null`,
    },
    {
      of: { table: 'archives', columns: ['id', 'name', 'description', 'organization_id', 'created_at'] },
      sql: (built) => `
        select 'id=' || r.id, case when h.archive_id is null then 'is empty' else 'name, description, organization or date is not what its passages and its agent give' end
          from ${built('archives')} r left join ${held(built)} h on h.archive_id = r.id left join ${agents} a on a.id = h.agent_id
         where h.archive_id is null or r.description is distinct from '${description}'
            or r.name is distinct from concat(case when a.name <> '' then a.name else concat('Agent ', h.agent_id) end, '''s Archive')
            or r.organization_id is distinct from case when a.id is null then h.organization_id else a.organization_id end
            or r.created_at is distinct from coalesce(h.created_at, a.created_at, ${firstDay})`,
    },
    {
      of: { table: 'archives_agents', columns: ['agent_id', 'archive_id', 'created_at', 'is_owner'] },
      sql: (built) => `
        select coalesce('agent_id=' || l.agent_id, 'agent_id=' || a.id), case when l.agent_id is null then 'has no archive' else 'has one that is not its own, or with another date' end
          from (select a.id from ${agents} a where a.id in (select p.agent_id from ${old} p)) a
          full join ${built('archives_agents')} l on l.agent_id = a.id left join ${built('archives')} r on r.id = l.archive_id
         where a.id is null or l.agent_id is null or l.is_owner is not true or l.created_at is distinct from r.created_at`,
    },
  ];
}
