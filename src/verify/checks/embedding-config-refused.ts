import { embeddingConfigProblems, embeddingConfigTables } from '../../letta/refused/embedding-config.ts';
import { shapeCheck } from '../shape-check.ts';

export const embeddingConfigRefused = shapeCheck({
  code: 'embedding-config-refused',
  severity: 'error',
  looksFor:
    'A configuration of embeddings with a field that is missing, of another kind, or a provider that the release does not know; up to 0.16.1 also an agent without one.',
  effect:
    'The agent, folder, archive or passage cannot be loaded, nor any list that it is in (letta/schemas/embedding_config.py; letta-server.md §4).',
  places: (release) =>
    embeddingConfigTables.map((table) => ({ table, column: 'embedding_config', problems: embeddingConfigProblems(release, table) })),
  why: (release) => `Letta ${release} fails when it loads such a row, and with it every list that the row is in.`,
  repair:
    "Write embedding_config anew, with what made the row's vectors: embedding_dim is the number of their values before the zeros that fill them up to 4096.",
});
