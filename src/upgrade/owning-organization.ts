import { defaultOrganization } from '../letta/default-actor.ts';
import type { Check, LossQuery, StateBefore } from './revision-step.ts';

/** Where else a row's organization can be read when its user is gone. */
export interface OtherOwner {
  /** Column of the row. */
  column: string;
  /** Sub-select (id, organization_id), unique by id. */
  rows: string;
}

export interface OwningOrganization {
  join: string;
  /** The organization's id, over `t` and the join. */
  value: string;
  loss: LossQuery;
  check: Check;
}

/**
 * The organization of rows that knew only their user (letta-server.md §1.2: 12, 15, 16). Upstream takes the user's and
 * aborts where the user is gone. We go on to what else the row belongs to, then to the default organization, else the
 * oldest, and say so: only the snapshot's operator can know better.
 *
 * @param agent column that names the row's agent, for the report
 */
export function owningOrganization(state: StateBefore, table: string, agent: string, others: readonly OtherOwner[]): OwningOrganization {
  const users = state.rows('users', ['id', 'organization_id']);
  const rows = state.rows(table, [...new Set(['id', 'user_id', agent, ...others.map(({ column }) => column)])]);
  const otherJoins = others.map(({ column, rows }, index) => `left join ${rows} o${index} on o${index}.id = t.${column}`).join(' ');
  const without = [...others.map((_, index) => `o${index}.organization_id`), lastResort(state)].join(', ');
  const what = `coalesce('it is in ' || b.organization_id, 'it has no organization')`;
  return {
    join: `left join ${users} u on u.id = t.user_id ${otherJoins}`,
    value: `coalesce(u.organization_id, ${without})`,
    loss: {
      class: 'derived',
      table,
      column: 'organization_id',
      reason:
        'their user is gone, and with it what said whose they are: they now belong to the organization of what they are part of, else to the default organization, else to the oldest',
      sql: `select 'id=' || t.id, t.${agent} from ${rows} t left join ${users} u on u.id = t.user_id where u.id is null`,
    },
    check: {
      of: { table, columns: ['organization_id'] },
      sql: (built) => `
        select 'id=' || b.id, ${what} || ', its user in ' || u.organization_id
          from ${users} u join ${rows} t on t.user_id = u.id join ${built(table)} b on b.id = t.id
         where b.organization_id is distinct from u.organization_id
        union all
        select 'id=' || b.id, ${what} || ', and its user is gone'
          from ${rows} t join ${built(table)} b on b.id = t.id ${otherJoins}
         where not exists (select from ${users} u where u.id = t.user_id) and b.organization_id is distinct from coalesce(${without})`,
    },
  };
}

/** (id, organization_id) of agents before 0.6.5, when they knew only their user; else what their memory blocks belong to. */
export function agentOrganizations(state: StateBefore): string {
  const blocks = blockOrganizations(state);
  return `(select a.id, coalesce(u.organization_id, k.organization_id) as organization_id from ${state.rows('agents', ['id', 'user_id'])} a
             left join ${state.rows('users', ['id', 'organization_id'])} u on u.id = a.user_id left join ${blocks} k on k.id = a.id)`;
}

/** (id, organization_id) of agents by the memory blocks attached to them. */
export function blockOrganizations(state: StateBefore): string {
  return `(select l.agent_id as id, min(k.organization_id collate "C") as organization_id from ${state.rows('blocks_agents', ['agent_id', 'block_id'])} l
             join ${state.rows('block', ['id', 'organization_id'])} k on k.id = l.block_id group by l.agent_id)`;
}

/** One organization for rows of which nothing is known: the default one, else the oldest; null where there is none. */
function lastResort(state: StateBefore): string {
  return `(select o.id from ${state.rows('organizations', ['id', 'is_deleted', 'created_at'])} o
            order by o.is_deleted, o.id <> '${defaultOrganization}', o.created_at, o.id collate "C" limit 1)`;
}
