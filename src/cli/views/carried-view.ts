import { formatCount, formatCountOf } from '../../report/format.ts';
import type { CarriedTable } from '../../upgrade/prove-release.ts';

/** `38 tables, 866 rows, 453 columns: as in the snapshot` */
export function carriedInShort(carried: readonly CarriedTable[]): string {
  const sum = (of: (table: CarriedTable) => number) => carried.reduce((total, table) => total + of(table), 0);
  const [rows, columns] = [sum((table) => table.rows), sum((table) => table.columns)];
  return `${formatCountOf(carried.length, 'table')}, ${formatCountOf(rows, 'row')}, ${formatCountOf(columns, 'column')}: as in the snapshot`;
}

/** What came through unchanged, table by table; nothing where nothing was built. */
export function carriedMarkdown(carried: readonly CarriedTable[]): string {
  if (carried.length === 0) return '';
  const rows = carried.map(
    ({ table, columns, rows }) => `| \`${table.replaceAll('|', '\\|')}\` | ${formatCount(columns)} | ${formatCount(rows)} |`,
  );
  return [
    '## Carried',
    '',
    `${carriedInShort(carried)}, read back and compared.`,
    '',
    '| table | columns | rows |',
    '|---|--:|--:|',
    ...rows,
    '',
  ].join('\n');
}
