import { formatCountOf } from '../../report/format.ts';
import type { Check } from '../check.ts';
import { type Finding, idsShown } from '../finding.ts';
import { type FoundRows, findingOf } from '../found-rows.ts';
import { flawedVectors, passageTables } from '../passage-vectors.ts';

export const vectorMissing: Check = {
  code: 'vector-missing',
  group: 'passages',
  severity: 'warning',
  looksFor:
    'A passage was made with an embedding model, and its vector is NULL or only zeros. (A passage for text search has neither model nor vector.)',
  effect: 'Its distance to any question is unknown, so that it comes last: no search by meaning finds it (letta-server.md §4).',
  run: async (context) => {
    const findings: Finding[] = [];
    for (const table of passageTables) {
      const [none, zeros] = [await flawedVectors(context, table, 'none'), await flawedVectors(context, table, 'zeros')];
      findings.push(
        ...findingOf(vectorMissing, together(none, zeros), () => ({
          where: `${table}.embedding`,
          message: `${formatCountOf(none.count, 'passage')} without a vector, ${zeros.count} with one of zeros only`,
          why: 'A server finds them by no question; their text is there and is listed.',
          repair: 'Restore these passages from a snapshot; or write their text again through the API, which computes new vectors.',
        })),
      );
    }
    return findings;
  },
};

function together(a: FoundRows, b: FoundRows): FoundRows {
  const rows = [...a.rows, ...b.rows].sort((x, y) => ((x.id ?? '') < (y.id ?? '') ? -1 : 1));
  return { rows: rows.slice(0, idsShown), count: a.count + b.count };
}
