import { isNothing, jsonText } from '../../letta/json-sql.ts';
import { needsEmbeddingConfig } from '../../letta/refused/embedding-config.ts';
import { openAlterations } from '../alterations.ts';
import { sourceTable } from '../relation.ts';
import { change } from './change.ts';
import { noEndpoint } from './no-endpoint.ts';
import type { AdaptRule } from './rule.ts';

/** For a server where nothing ever made an embedding: loads, and calls nobody. */
const none = {
  embedding_endpoint_type: 'openai',
  embedding_endpoint: noEndpoint,
  embedding_model: 'none',
  embedding_dim: 1536,
  embedding_chunk_size: 300,
};

/**
 * Since 0.16.2 an agent needs no embedding_config; older servers cannot load one without (`AgentState` in
 * `letta/schemas/agent.py`). What the agent's own memories were made with comes first, then what most agents of the organisation have.
 */
export const missingEmbeddingRule: AdaptRule = {
  name: 'missing-embedding',
  applies: needsEmbeddingConfig,
  run: async (built, release) => {
    const [any] = await built.session.query(`select 1 from agents t where ${isNothing('t.embedding_config')} limit 1`);
    if (!any) return [];
    await openAlterations(built.session);
    const told = sourceTable('adapt_missing_embedding');
    await built.session.query(`drop table if exists ${told}`);
    // Once for all agents: no table has an index yet in which each could look for itself.
    await built.session.query(`create unlogged table ${told} as ${toldOfAgents}`);
    await built.session.query(`alter table ${told} add primary key (id)`);
    await built.session.query(`analyze ${told}`);
    return change(built, {
      class: 'derived',
      table: 'agents',
      column: 'embedding_config',
      set: `coalesce((select c.config::json from ${told} c where c.id = t.id), ${jsonText(none)}::json)`,
      where: isNothing('t.embedding_config'),
      reason: `Letta ${release} cannot load an agent without embedding_config: it gets that of its own memories or files, else the one that most agents of the organisation have, else one without a provider`,
    });
  },
};

/** (id, config) of the agents without configuration: of several that tell one, the first by id does. */
const toldOfAgents = `
  select a.id, coalesce(p.config, s.config, o.config) as config
    from (select distinct a.id, a.organization_id from agents a where ${isNothing('a.embedding_config')}) a
    left join (select distinct on (l.agent_id) l.agent_id, c.config
                 from archives_agents l
                 join (select distinct on (p.archive_id) p.archive_id, p.embedding_config::text as config
                         from archival_passages p where not ${isNothing('p.embedding_config')} order by p.archive_id, p.id) c
                   on c.archive_id = l.archive_id
                order by l.agent_id, l.archive_id) p on p.agent_id = a.id
    left join (select distinct on (l.agent_id) l.agent_id, s.embedding_config::text as config
                 from sources_agents l join sources s on s.id = l.source_id
                where not ${isNothing('s.embedding_config')} order by l.agent_id, s.id) s on s.agent_id = a.id
    left join (select distinct on (q.organization_id) q.organization_id, q.config
                 from (select o.organization_id, min(o.embedding_config::text) as config, count(*) as agents
                         from agents o where not ${isNothing('o.embedding_config')} group by o.organization_id, o.embedding_config::jsonb) q
                order by q.organization_id, q.agents desc, q.config) o on o.organization_id = a.organization_id`;
