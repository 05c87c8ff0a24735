import { columnClause, relativeName } from './clauses.ts';
import { type DriftFinding, type DriftKind, finding } from './drift.ts';
import { type ColumnModel, objectKey, quoteIdent, type TableModel } from './model.ts';
import { normaliseDefault, normaliseType } from './normalise.ts';
import { pairBy } from './pairs.ts';

interface ColumnAspect {
  kind: DriftKind;
  text: (column: ColumnModel) => string | null;
  /** What follows ALTER COLUMN to make it as expected. */
  repair?: (expected: ColumnModel) => string;
}

const aspects: readonly ColumnAspect[] = [
  {
    kind: 'column type',
    text: ({ type }) => normaliseType(type),
    repair: ({ name, type }) => `TYPE ${type} USING ${quoteIdent(name)}::${type}`,
  },
  {
    kind: 'column default',
    text: (column) => normaliseDefault(column.default),
    repair: (column) => (column.default === null ? 'DROP DEFAULT' : `SET DEFAULT ${column.default}`),
  },
  {
    kind: 'column nullability',
    text: ({ notNull }) => (notNull ? 'NOT NULL' : 'NULL'),
    repair: ({ notNull }) => `${notNull ? 'SET' : 'DROP'} NOT NULL`,
  },
  { kind: 'column identity', text: ({ identity }) => identity },
  { kind: 'column generation', text: ({ generated }) => generated },
  { kind: 'column collation', text: ({ collation }) => collation },
];

/** How the columns of a table differ. Their order is a note: only `INSERT` without names would see it, and Letta names columns. */
export function compareColumns(expected: TableModel, actual: TableModel): DriftFinding[] {
  const table = objectKey(expected);
  const alter = `ALTER TABLE ${relativeName(expected.schema, expected.name)}`;
  const { both, missing, extra } = pairBy(expected.columns, actual.columns, ({ name }) => name);
  const order = (columns: readonly ColumnModel[]): string => columns.map(({ name }) => name).join(', ');
  const expectedOrder = order(both.map((pair) => pair.expected));
  const actualOrder = order(actual.columns.filter((column) => both.some((pair) => pair.actual === column)));
  return [
    ...missing.map((column) =>
      finding('missing column', {
        table,
        name: column.name,
        expected: columnClause(column),
        repair: `${alter} ADD COLUMN ${columnClause(column)}`,
      }),
    ),
    ...both.flatMap((pair) =>
      aspects
        .filter(({ text }) => text(pair.expected) !== text(pair.actual))
        .map(({ kind, text, repair }) =>
          finding(kind, {
            table,
            name: pair.expected.name,
            expected: text(pair.expected),
            actual: text(pair.actual),
            repair: repair && `${alter} ALTER COLUMN ${quoteIdent(pair.expected.name)} ${repair(pair.expected)}`,
          }),
        ),
    ),
    ...extra.map((column) => finding('extra column', { table, name: column.name, actual: columnClause(column) })),
    ...(expectedOrder === actualOrder
      ? []
      : [finding('column order', { table, name: table, expected: expectedOrder, actual: actualOrder })]),
  ];
}
