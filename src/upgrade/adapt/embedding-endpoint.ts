import { isNothing, jsonText, sqlList, withFields } from '../../letta/json-sql.ts';
import { embeddingConfigTables, embeddingEndpointTypes } from '../../letta/refused/embedding-config.ts';
import type { Loss } from '../loss.ts';
import { change } from './change.ts';
import { noEndpoint } from './no-endpoint.ts';
import type { AdaptRule } from './rule.ts';

/** A provider of embeddings that the release does not know. Vectors stay as they are; only their provider can make more of them. */
export const embeddingEndpointRule: AdaptRule = {
  name: 'embedding-endpoint',
  applies: () => true,
  run: async (built, release) => {
    const accepted = sqlList(embeddingEndpointTypes(release));
    const losses: Loss[] = [];
    for (const table of embeddingConfigTables) {
      losses.push(
        ...(await change(built, {
          class: 'dropped',
          table,
          column: 'embedding_config',
          set: withFields('t.embedding_config', { embedding_endpoint_type: jsonText('openai'), embedding_endpoint: jsonText(noEndpoint) }),
          where: `not ${isNothing('t.embedding_config')} and t.embedding_config ->> 'embedding_endpoint_type' not in ${accepted}`,
          reason: `Letta ${release} does not know this provider of embeddings and could not load the row: it gets an address that does not exist, so that nothing is sent to anybody else. The vectors stay; to be searched they have to be made anew with another provider`,
        })),
      );
    }
    return losses;
  },
};
