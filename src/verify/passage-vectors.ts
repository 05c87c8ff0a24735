import type { TextRow } from '../postgres/database.ts';
import { qualified } from '../schema/model.ts';
import { type CheckContext, has } from './check.ts';
import { idsShown } from './finding.ts';
import type { FoundRows } from './found-rows.ts';

/** Of every release since 0.6.0 (`MAX_EMBEDDING_DIM` in letta/constants.py). */
export const vectorDimensions = 4096;

/** The tables that have had vectors; which of them exist depends on the release. */
export const passageTables = ['archival_passages', 'agent_passages', 'passages', 'source_passages'] as const;

/**
 * - `dimensions`: not of 4,096 numbers
 * - `none`: NULL, though an embedding_config says what it was made with (text-only passages have neither)
 * - `zeros`: 4,096 times 0
 * - `tail`: not 0 beyond the embedding_dim of its embedding_config
 */
export type VectorFlaw = 'dimensions' | 'none' | 'zeros' | 'tail';

const scans = new WeakMap<CheckContext, Promise<Map<string, FoundRows>>>();

/**
 * The passages of a table whose vectors have a flaw. All vectors of a database are read once for all checks: a passage
 * has 16 KB of them. Numbers that are none (NaN, infinity) are not looked for: pgvector stores none, however they come
 * (tests/verify/checks/passages.test.ts tries).
 */
export async function flawedVectors(context: CheckContext, table: string, flaw: VectorFlaw): Promise<FoundRows> {
  let scan = scans.get(context);
  if (scan === undefined) {
    scan = scanVectors(context);
    scans.set(context, scan);
  }
  return (await scan).get(`${table}.${flaw}`) ?? { rows: [], count: 0 };
}

async function scanVectors(context: CheckContext): Promise<Map<string, FoundRows>> {
  const found = new Map<string, FoundRows>();
  for (const table of passageTables) {
    if (!has(context, table, 'id', 'embedding', 'embedding_config')) continue;
    const byFlaw = Map.groupBy(await context.session.query(flaws(context, table)), ({ flaw }) => flaw ?? '');
    for (const [flaw, rows] of byFlaw) found.set(`${table}.${flaw}`, { rows, count: countOf(rows) });
  }
  return found;
}

const countOf = (rows: readonly TextRow[]): number => Number(rows[0]?.total ?? 0);

/**
 * The vector becomes an array once (hence OFFSET), which every pgvector can, wherever its schema is; its functions for
 * parts of vectors began with 0.7. A look at the text of the configuration cannot fail, whatever is in it.
 */
function flaws({ home }: CheckContext, table: string): string {
  const config = 'p.embedding_config::text';
  return `
    select f.id, f.flaw, f.total
      from (select j.id, j.flaw, count(*) over (partition by j.flaw) as total,
                   row_number() over (partition by j.flaw order by j.id collate "C") as place
              from (select v.id, case
                             when v.numbers is null then case when v.config <> 'null' then 'none' end
                             when cardinality(v.numbers) <> ${vectorDimensions} then 'dimensions'
                             when 0::real = all (v.numbers) then 'zeros'
                             when v.dimensions < ${vectorDimensions} and not 0::real = all (v.numbers[v.dimensions + 1:]) then 'tail' end as flaw
                      from (select p.id, p.embedding::real[] as numbers, ${config} as config,
                                   substring(${config} from '"embedding_dim"\\s*:\\s*(\\d{1,9})')::int as dimensions
                              from ${qualified(home, null, table)} p offset 0) v) j
             where j.flaw is not null) f
     where f.place <= ${idsShown} order by f.id collate "C"`;
}
