import { formatCountOf } from '../../report/format.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';
import { findingOf } from '../found-rows.ts';
import { flawedVectors, passageTables, vectorDimensions } from '../passage-vectors.ts';

export const vectorDimensionsCheck: Check = {
  code: 'vector-dimensions',
  group: 'passages',
  severity: 'error',
  looksFor: `A passage’s vector does not have ${vectorDimensions} numbers: its column has lost its type vector(${vectorDimensions}).`,
  effect:
    'pgvector refuses to compare vectors of different sizes: every search fails that comes by it (letta/services/helpers/agent_manager_helper.py: build_agent_passage_query; letta-server.md §4).',
  run: async (context) => {
    const findings: Finding[] = [];
    for (const table of passageTables) {
      const found = await flawedVectors(context, table, 'dimensions');
      findings.push(
        ...findingOf(vectorDimensionsCheck, found, () => ({
          where: `${table}.embedding`,
          message: `${formatCountOf(found.count, 'vector')} with another number of dimensions than ${vectorDimensions}`,
          why: 'A server compares a question with every vector in reach; one of another size fails the whole search.',
          repair: `Restore these passages from a snapshot; or pad their vectors with zeros to ${vectorDimensions} numbers, as a server does.`,
        })),
      );
    }
    return findings;
  },
};
