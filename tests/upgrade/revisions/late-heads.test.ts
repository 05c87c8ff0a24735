import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { revisions } from '../../../src/letta/catalogue.ts';
import { quoteIdent } from '../../../src/schema/model.ts';
import { type Upgraded, upgraded } from './early-harness.ts';
import { type LateColumn, lateColumns } from './late-derived-columns.ts';
import { unnoticed } from './late-findings.ts';

const at = (position: number): string => revisions()[position - 1]!.revision;

/** Ways that between them cross every late step, with every kind of row that a server can have left. */
const ways: [number, number][] = [
  [107, 167],
  [109, 153],
  [135, 167],
  [77, 163],
  [167, 107],
  [153, 110],
  [161, 146],
];

/** Another value of the type, over the row `t`. */
function changed({ column, type }: LateColumn): string {
  const value = `t.${quoteIdent(column)}`;
  if (type === 'boolean') return `case when ${value} then false else true end`;
  if (/int/.test(type)) return `case when ${value} is null then 77 else ${value} - 77 end`;
  if (type.startsWith('timestamp')) return `coalesce(${value}, '2000-01-01') + interval '1 hour'`;
  if (type === 'json') return `case when ${value}::text = '["x"]' then '[]' else '["x"]' end::json`;
  if (column === 'vector_db_provider') return `case ${value}::text when 'NATIVE' then 'TPUF' else 'NATIVE' end::vectordbprovider`;
  if (column === 'stop_reason') return `case ${value}::text when 'error' then 'max_steps' else 'error' end`;
  return `coalesce(${value}, '') || 'x'`;
}

async function changes(built: Upgraded): Promise<string[]> {
  const list: string[] = [];
  for (const derived of lateColumns(built.plan)) {
    const table = quoteIdent(derived.table);
    const rows = await built.query(`select ctid::text as at from ${table} order by ctid`);
    const type = built.plan.model.tables
      .find(({ name }) => name === derived.table)!
      .columns.find(({ name }) => name === derived.column)!.type;
    for (const place of new Set([0, rows.length - 1]))
      if (rows[place])
        list.push(
          `update ${table} t set ${quoteIdent(derived.column)} = (${changed(derived)})::${type} where t.ctid = '${rows[place].at}'`,
        );
  }
  return list;
}

describe('a populated database', () => {
  for (const [from, to] of ways) {
    it(`goes from ${from} to ${to}, and no computed value changes unnoticed`, async () => {
      await using built = await upgraded(at(from), at(to));
      assert.deepEqual(await built.wrong(), []);
      assert.deepEqual(await unnoticed(built, await changes(built), true), []);
    });
  }
});
