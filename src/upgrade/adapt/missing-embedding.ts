import { annotationOf } from '../../letta/accepted-values.ts';
import { change } from './change.ts';
import { isNothing, jsonText } from './json-sql.ts';
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
  applies: (release) => annotationOf('AgentState.embedding_config', release) === 'EmbeddingConfig',
  run: (built, release) =>
    change(built, {
      class: 'derived',
      table: 'agents',
      column: 'embedding_config',
      set: `coalesce(
        (select p.embedding_config from archives_agents a join archival_passages p on p.archive_id = a.archive_id
          where a.agent_id = t.id and not ${isNothing('p.embedding_config')} limit 1),
        (select s.embedding_config from sources_agents a join sources s on s.id = a.source_id
          where a.agent_id = t.id and not ${isNothing('s.embedding_config')} limit 1),
        (select min(o.embedding_config::text)::json from agents o where o.organization_id = t.organization_id and not ${isNothing('o.embedding_config')}
          group by o.embedding_config::jsonb order by count(*) desc limit 1),
        ${jsonText(none)}::json)`,
      where: isNothing('t.embedding_config'),
      reason: `Letta ${release} cannot load an agent without embedding_config: it gets that of its own memories or files, else the one that most agents of the organisation have, else one without a provider`,
    }),
};
