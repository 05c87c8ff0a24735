import { objectKey, qualified } from '../../schema/model.ts';
import type { Check } from '../check.ts';

export const indexInvalid: Check = {
  code: 'index-invalid',
  group: 'schema',
  severity: 'warning',
  looksFor: 'An index is INVALID: what an interrupted CREATE INDEX CONCURRENTLY leaves, as in the upgrade to 0.16.7.',
  effect: 'PostgreSQL does not use it, and still has to keep it up to date: queries that need it are slow (letta-server.md §11 row 29).',
  run: async ({ model, home }) =>
    model.tables.flatMap((table) =>
      table.indexes
        .filter(({ valid }) => !valid)
        .map(({ name, unique }) => ({
          code: 'index-invalid',
          severity: 'warning' as const,
          where: `${objectKey(table)}: ${name}`,
          message: `the index is invalid: PostgreSQL does not use it${unique ? ', and it may not keep double values out' : ''}`,
          ids: [],
          count: 0,
          why: 'A server’s queries that need it read the whole table.',
          // What REINDEX CONCURRENTLY leaves behind has a twin that works.
          repair: /_cc(?:new|old)\d*$/.test(name)
            ? `drop index ${qualified(home, table.schema, name)};`
            : `reindex index concurrently ${qualified(home, table.schema, name)};`,
          changes: [],
        })),
    ),
};
