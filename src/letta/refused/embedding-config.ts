import { acceptedValues, annotationOf } from '../accepted-values.ts';
import { type FieldShape, nothing, objectProblems } from '../json-shape.ts';

/** The tables that say in `embedding_config` what made their vectors. */
export const embeddingConfigTables = ['agents', 'sources', 'archives', 'archival_passages', 'source_passages'] as const;

/**
 * The providers of embeddings that a release accepts: a closed list since 0.6.5 (free text before), from which `cohere` was taken out
 * with 0.11.4 (`letta/schemas/embedding_config.py`).
 */
export function embeddingEndpointTypes(release: string): readonly string[] {
  return acceptedValues('EmbeddingConfig.embedding_endpoint_type', release) ?? [];
}

/** Whether an agent without embedding_config cannot be loaded: up to 0.16.1 (`AgentState` in `letta/schemas/agent.py`). */
export function needsEmbeddingConfig(release: string): boolean {
  return annotationOf('AgentState.embedding_config', release) === 'EmbeddingConfig';
}

/** SQL of a text[]: why a release's EmbeddingConfig refuses a value. */
export function embeddingConfigProblems(release: string, table: (typeof embeddingConfigTables)[number]): (config: string) => string {
  const missing = table === 'agents' && needsEmbeddingConfig(release) ? `array['it is missing']` : `'{}'::text[]`;
  return (config) => `case when ${nothing(config)} then ${missing} else ${objectProblems(config, fields(release))} end`;
}

const fields = (release: string): FieldShape[] => [
  { name: 'embedding_endpoint_type', kind: 'text', required: true, accepted: embeddingEndpointTypes(release) },
  { name: 'embedding_endpoint', kind: 'text', nullable: true },
  { name: 'embedding_model', kind: 'text', required: true },
  { name: 'embedding_dim', kind: 'integer', required: true },
  { name: 'embedding_chunk_size', kind: 'integer', nullable: true },
  { name: 'batch_size', kind: 'integer' },
];
