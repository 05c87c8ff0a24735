import type { TestDatabase } from '../../support/postgres.ts';
import { type ExpectedDifference, type OracleRelease, oracleReleases } from './expected-differences.ts';
import { keysWhere, type Row, readRows } from './read-rows.ts';

/** One thing that is not the same in the database that Lifeboat built and in the one that Letta's migrations upgraded. */
export interface Difference {
  table: string;
  kind: ExpectedDifference['kind'] | 'schema';
  column?: string;
  key: string;
  /** What is there, ours and theirs. */
  seen: string;
}

/**
 * Compares both databases, and what is found with what is expected.
 *
 * @returns what is wrong, a line each: differences that nobody expects or that two entries claim, entries whose count is
 * not what was found, entries that can never apply. Empty when everything is as it is meant to be.
 */
export async function compareWithOracle(
  ours: TestDatabase,
  upstream: TestDatabase,
  target: OracleRelease,
  expected: readonly ExpectedDifference[],
): Promise<string[]> {
  const differences = await findDifferences(ours, upstream);
  const claims = new Map<Difference, number>();
  const problems = expected.flatMap(neverApplies);
  for (const entry of expected.filter(({ at }) => at.includes(target))) {
    const meant = differences.filter(({ table, kind, column }) => table === entry.table && kind === entry.kind && column === entry.column);
    const inOurs = entry.ours === undefined ? null : await keysWhere(ours, entry.table, entry.ours);
    const inTheirs = entry.upstream === undefined ? null : await keysWhere(upstream, entry.table, entry.upstream);
    const claimed = meant.filter(({ key }) => (inOurs?.has(key) ?? true) && (inTheirs?.has(key) ?? true));
    for (const difference of claimed) claims.set(difference, (claims.get(difference) ?? 0) + 1);
    if (claimed.length !== entry.count)
      problems.push(
        `stale: ${place(entry)} ${entry.kind} is expected ${entry.count} times and found ${claimed.length} times: ${entry.because}`,
      );
  }
  for (const difference of differences) {
    const count = claims.get(difference) ?? 0;
    if (count !== 1)
      problems.push(
        `${count === 0 ? 'unexpected' : `claimed by ${count} entries`}: ${place(difference)} ${difference.kind} at ${difference.key}: ${difference.seen}`,
      );
  }
  return problems;
}

/** An entry that no run would ever miss: it says nothing, and is refused at every target. */
function neverApplies(entry: ExpectedDifference): string[] {
  const never = (why: string) => `never applies: ${place(entry)} ${entry.kind} ${why}: ${entry.because}`;
  const elsewhere = entry.at.filter((release) => !oracleReleases.includes(release));
  return [
    ...(entry.count > 0 ? [] : [never(`is expected ${entry.count} times`)]),
    ...(entry.at.length > 0 ? [] : [never('is expected at no release')]),
    ...(elsewhere.length > 0 ? [never(`is expected at ${elsewhere.join(', ')}, which is not compared`)] : []),
  ];
}

const place = ({ table, column }: { table: string; column?: string }) => (column === undefined ? table : `${table}.${column}`);

/** Table by table, row by row, column by column; values as text, ciphertexts as what they decrypt to. */
export async function findDifferences(ours: TestDatabase, upstream: TestDatabase): Promise<Difference[]> {
  const [left, right] = await Promise.all([readRows(ours), readRows(upstream)]);
  const found: Difference[] = [];
  const only = (where: boolean) => (where ? 'only ours' : 'only upstream');
  for (const table of new Set([...left.keys(), ...right.keys()])) {
    const [mine, theirs] = [left.get(table), right.get(table)];
    if (!mine || !theirs) {
      found.push({ table, kind: 'schema', key: '', seen: `the table is ${only(mine !== undefined)}` });
      continue;
    }
    for (const column of new Set([...mine.columns.keys(), ...theirs.columns.keys()])) {
      const [type, theirType] = [mine.columns.get(column), theirs.columns.get(column)];
      if (type !== theirType)
        found.push({ table, kind: 'schema', column, key: '', seen: `${type ?? 'not there'} ≠ ${theirType ?? 'not there'}` });
    }
    for (const key of new Set([...mine.rows.keys(), ...theirs.rows.keys()])) {
      const [row, theirRow] = [mine.rows.get(key), theirs.rows.get(key)];
      if (row && theirRow) found.push(...valueDifferences(table, key, row, theirRow));
      else found.push({ table, kind: only(row !== undefined), key, seen: short(JSON.stringify(row ?? theirRow)) });
    }
  }
  return found;
}

function valueDifferences(table: string, key: string, row: Row, theirRow: Row): Difference[] {
  return Object.keys(row)
    .filter((column) => column in theirRow && row[column] !== theirRow[column])
    .map((column) => ({
      table,
      kind: 'value',
      column,
      key,
      seen: `${short(row[column] ?? 'NULL')} ≠ ${short(theirRow[column] ?? 'NULL')}`,
    }));
}

const short = (text: string) => (text.length <= 200 ? text : `${text.slice(0, 200)}…`);
