import { defaultOrganization } from '../../letta/default-actor.ts';
import type { RevisionStep } from '../revision-step.ts';

const order = `(o.id = '${defaultOrganization}') desc, o.is_deleted, o.created_at nulls last, o.id`;

/**
 * 0.14.0 lets providers be of no organization: those that the server makes from its environment ("base"). Downwards
 * `organization_id` is demanded again: they get the default organization, or the oldest one where that is not. A name
 * is then unique, which it was not among base providers (a server that loses and regains a key leaves a soft-deleted
 * row and makes a new one): the others get their id behind their name rather than being set aside, because steps refer
 * to them. Upstream's downgrade aborts on the NULLs.
 */
export const step: RevisionStep = {
  revision: '2dbb2cf49e07',
  down: (state) => {
    const providers = state.rows('providers', ['id', 'name', 'organization_id', 'is_deleted', 'created_at']);
    const organizations = state.rows('organizations', ['id', 'is_deleted', 'created_at']);
    const first = `(select o.id from ${organizations} o order by ${order} limit 1)`;
    const places = `(select p.id, row_number() over (partition by p.name
                             order by p.organization_id is null, p.is_deleted, p.created_at nulls last, p.id) as place
                       from ${providers} p left join ${first} o on true
                      where p.organization_id is null or p.organization_id = o.id)`;
    return {
      set: {
        providers: {
          join: `left join ${first} o on true left join ${places} n on n.id = t.id`,
          columns: {
            organization_id: 'coalesce(t.organization_id, o.id)',
            name: `case when t.organization_id is null and n.place > 1 then t.name || ' (' || t.id || ')' else t.name end`,
          },
        },
      },
      moved: ['providers.organization_id', 'providers.name', 'provider_models'],
      losses: [
        {
          class: 'derived',
          table: 'providers',
          column: 'organization_id',
          reason:
            'below 0.14.0 a provider belongs to one organization: this one, made by the server from its environment, now belongs to the default organization (or the oldest)',
          sql: `select 'id=' || t.id, null from ${providers} t where t.organization_id is null`,
        },
        {
          class: 'derived',
          table: 'providers',
          column: 'name',
          reason: 'below 0.14.0 an organization has one provider of a name: this one has its id behind its name now',
          sql: `select 'id=' || t.id, null from ${providers} t join ${places} n on n.id = t.id where t.organization_id is null and n.place > 1`,
          wayBack: `update providers set name = left(name, -length(' (' || id || ')')) where right(name, length(' (' || id || ')')) = ' (' || id || ')';`,
        },
        {
          class: 'dropped',
          table: 'provider_models',
          column: null,
          reason:
            'below 0.14.0 the models that a provider offers are not kept: servers ask for them, and from 0.14.0 on list them anew at start',
          sql: `select 'id=' || t.id, null from ${state.rows('provider_models', ['id'])} t`,
        },
      ],
      checks: [
        {
          of: { table: 'providers', columns: ['organization_id'] },
          sql: (built) => `
            select 'id=' || b.id, 'is of another organization than in the snapshot'
              from ${built('providers')} b join ${providers} p on p.id = b.id
             where b.organization_id <> p.organization_id or p.organization_id is not null and b.organization_id is null
            union all
            select 'id=' || b.id, 'was of no organization, and is not of the first one'
              from ${built('providers')} b join ${providers} p on p.id = b.id and p.organization_id is null
              left join ${organizations} mine on mine.id = b.organization_id
              join ${organizations} other on other.id is distinct from mine.id
             where mine.id is null
                or (other.id <> '${defaultOrganization}', other.is_deleted, coalesce(other.created_at, 'infinity'), other.id)
                 < (mine.id <> '${defaultOrganization}', mine.is_deleted, coalesce(mine.created_at, 'infinity'), mine.id)`,
        },
        {
          of: { table: 'providers', columns: ['name'] },
          sql: (built) => `
            select 'id=' || b.id, 'its name is not that of the snapshot'
              from ${built('providers')} b join ${providers} p on p.id = b.id
             where b.name <> p.name and not (p.organization_id is null and b.name = concat(p.name, ' (', p.id, ')'))
            union all
            select 'id=' || min(b.id), 'another provider of its organization has the same name'
              from ${built('providers')} b group by b.name, b.organization_id having count(*) > 1
            union all
            select 'id=' || b.id, 'has its id behind its name without need'
              from ${built('providers')} b join ${providers} p on p.id = b.id and b.name <> p.name
             where not exists (select from ${built('providers')} o where o.name = p.name and o.organization_id is not distinct from b.organization_id)`,
        },
      ],
    };
  },
};
