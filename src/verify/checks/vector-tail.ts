import { formatCountOf } from '../../report/format.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';
import { findingOf } from '../found-rows.ts';
import { flawedVectors, passageTables, vectorDimensions } from '../passage-vectors.ts';

export const vectorTail: Check = {
  code: 'vector-tail',
  group: 'passages',
  severity: 'warning',
  looksFor: `A passage’s vector is not zero beyond the embedding_dim of its embedding_config. Servers pad with zeros to ${vectorDimensions}.`,
  effect:
    'A question’s vector is padded with zeros, so the distance to such a passage is wrong: it is found too late, or for nothing (letta/services/passage_manager.py; letta-server.md §4).',
  run: async (context) => {
    const findings: Finding[] = [];
    for (const table of passageTables) {
      const found = await flawedVectors(context, table, 'tail');
      findings.push(
        ...findingOf(vectorTail, found, () => ({
          where: `${table}.embedding`,
          message: `${formatCountOf(found.count, 'vector')} with numbers beyond the dimensions that embedding_config names`,
          why: 'A server ranks these passages by a distance in which numbers count that no model gave.',
          repair:
            'Restore these passages from a snapshot. If the vectors are right, embedding_config is not: it shall name the model that made them.',
        })),
      );
    }
    return findings;
  },
};
