import type { Session, TextRow } from '../postgres/database.ts';
import type { Change } from './change.ts';
import type { Check } from './check.ts';
import { changesAllowed, type Finding, idsShown } from './finding.ts';

/** Rows that a check's statement gave: the first of them, in ascending order of their `id`, and how many there are. */
export interface FoundRows {
  rows: readonly TextRow[];
  count: number;
}

/**
 * Runs a statement that gives the rows concerned.
 *
 * @param sql a SELECT with a text column `id`, without ORDER BY and LIMIT
 * @param toChange all rows are wanted, up to `changesAllowed`, as each becomes a change; else so many as a finding shows
 */
export async function findRows(
  session: Session,
  sql: string,
  { values = [], toChange = false }: { values?: readonly (string | number | boolean | null)[]; toChange?: boolean } = {},
): Promise<FoundRows> {
  const rows = await session.query(
    `select r.*, count(*) over () as found_rows from (${sql}) r order by r.id collate "C" limit ${toChange ? changesAllowed : idsShown}`,
    values,
  );
  return { rows, count: Number(rows[0]?.found_rows ?? 0) };
}

type Said = Pick<Finding, 'where' | 'message' | 'why' | 'repair'> & Partial<Pick<Finding, 'severity'>> & { changes?: readonly Change[] };

/** The finding about rows that were found, none where there are none. Where there are more than may be changed, it changes none. */
export function findingOf(
  check: Pick<Check, 'code' | 'severity'>,
  { rows, count }: FoundRows,
  say: (rows: readonly TextRow[]) => Said,
): Finding[] {
  if (count === 0) return [];
  const { changes = [], ...said } = say(rows);
  return [
    {
      code: check.code,
      severity: check.severity,
      ...said,
      ids: [...new Set(rows.map(({ id }) => id ?? ''))].slice(0, idsShown),
      count,
      changes: count > changesAllowed || changes.length > changesAllowed ? [] : changes,
    },
  ];
}

/** A few of the values of a column, for a sentence: `a, b, c …`. */
export function someOf(rows: readonly TextRow[], column: string, shown = 5): string {
  const values = [...new Set(rows.map((row) => row[column] ?? 'NULL'))];
  return `${values.slice(0, shown).join(', ')}${values.length > shown ? ' …' : ''}`;
}
