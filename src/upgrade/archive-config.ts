import type { StateBefore } from './revision-step.ts';

/** What the snapshot tells of the embedding configuration of archives: SQL texts over the state before a step. */
export interface ArchiveConfigs {
  /**
   * One row per archive about which something is known: `archive_id`, `config`, and as `evidence` where it comes from:
   * `live` (its earliest passage), `deleted` (it has soft-deleted passages only), `agent` (one that it is attached to).
   */
  found: string;
  /**
   * The same by another route, for checks: `archive_id`, `config` as text and `evidence`; several rows of an archive
   * with evidence `agent`.
   */
  expected: string;
}

/**
 * A server embeds a passage with the configuration of its agent or archive and keeps that with the passage
 * (`passage_manager.py`, `archive_manager.py`), so passages tell what an archive was made with; an archive without
 * passages was made for the agent that it is attached to, whose configuration its first passage would have got.
 */
export function archiveConfigs(state: StateBefore): ArchiveConfigs {
  // Vectors are large: nothing but these columns is kept at hand.
  const passages = state.rows('archival_passages', ['id', 'archive_id', 'embedding_config', 'is_deleted', 'created_at']);
  const attached = state.rows('archives_agents', ['archive_id', 'agent_id', 'is_owner', 'created_at']);
  const agents = state.rows('agents', ['id', 'embedding_config']);
  const telling = `(select p.id, p.archive_id, p.is_deleted, p.created_at from ${passages} p where p.embedding_config::text <> 'null')`;
  const found = `(
    with first as (select distinct on (p.archive_id) p.archive_id, p.id, p.is_deleted from ${telling} p
                    order by p.archive_id, p.is_deleted, p.created_at nulls last, p.id),
         owner as (select distinct on (a.archive_id) a.archive_id, g.embedding_config as config
                     from ${attached} a join ${agents} g on g.id = a.agent_id left join first f on f.archive_id = a.archive_id
                    where f.archive_id is null and g.embedding_config::text <> 'null'
                    order by a.archive_id, a.is_owner desc, a.created_at, a.agent_id)
    select f.archive_id, p.embedding_config as config, case when f.is_deleted then 'deleted' else 'live' end as evidence
      from first f join ${passages} p on p.id = f.id
    union all select o.archive_id, o.config, 'agent' from owner o)`;
  const expected = `(
    with kind as (select p.archive_id, bool_and(p.is_deleted) as deleted from ${telling} p group by p.archive_id),
         time as (select p.archive_id, min(coalesce(p.created_at, 'infinity')) as at
                    from ${telling} p join kind k on k.archive_id = p.archive_id and k.deleted = p.is_deleted group by p.archive_id),
         one as (select p.archive_id, min(p.id) as id
                   from ${telling} p join kind k on k.archive_id = p.archive_id and k.deleted = p.is_deleted
                   join time m on m.archive_id = p.archive_id and m.at = coalesce(p.created_at, 'infinity') group by p.archive_id)
    select o.archive_id, p.embedding_config::text as config, case when k.deleted then 'deleted' else 'live' end as evidence
      from one o join kind k on k.archive_id = o.archive_id join ${passages} p on p.id = o.id
    union all
    select a.archive_id, g.embedding_config::text, 'agent'
      from ${attached} a join ${agents} g on g.id = a.agent_id
     where g.embedding_config::text <> 'null' and not exists (select from kind k where k.archive_id = a.archive_id))`;
  return { found, expected };
}
