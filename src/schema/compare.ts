import { columnClause, createEnum, createSequence, relativeName, sequenceOwner } from './clauses.ts';
import { compareColumns } from './compare-columns.ts';
import { compareConstraints, compareIndexes, createTable } from './compare-table-parts.ts';
import { type DriftFinding, finding } from './drift.ts';
import { type DatabaseModel, type EnumModel, objectKey, quoteIdent, quoteLiteral, type SequenceModel, type TableModel } from './model.ts';
import { pairBy } from './pairs.ts';

export type { DriftFinding } from './drift.ts';

/**
 * How a schema differs from the one that it should be. Pure; zero findings of severity `drift` mean that Letta (or a
 * restore's proof) finds everything as expected. Extension versions and stored definitions are not compared.
 */
export function compareSchemas(expected: DatabaseModel, actual: DatabaseModel): DriftFinding[] {
  return [
    ...compareExtensions(expected, actual),
    ...compareEnums(expected.enums, actual.enums),
    ...compareSequences(expected, actual),
    ...compareTables(expected.tables, actual.tables),
  ];
}

function compareExtensions(expected: DatabaseModel, actual: DatabaseModel): DriftFinding[] {
  return pairBy(expected.extensions, actual.extensions, ({ name }) => name).missing.map(({ name }) =>
    finding('missing extension', { name, expected: name, repair: `CREATE EXTENSION ${quoteIdent(name)}` }),
  );
}

function compareEnums(expected: readonly EnumModel[], actual: readonly EnumModel[]): DriftFinding[] {
  const { both, missing, extra } = pairBy(expected, actual, objectKey);
  const text = (type: EnumModel): string => type.labels.join(', ');
  return [
    ...missing.map((type) =>
      finding('missing enum', { name: objectKey(type), expected: text(type), repair: createEnum(type, relativeName) }),
    ),
    ...both
      .filter((pair) => JSON.stringify(pair.expected.labels) !== JSON.stringify(pair.actual.labels))
      .map((pair) =>
        finding('enum labels', {
          name: objectKey(pair.expected),
          expected: text(pair.expected),
          actual: text(pair.actual),
          repair: addLabels(pair.expected, pair.actual),
        }),
      ),
    ...extra.map((type) => finding('extra enum', { name: objectKey(type), actual: text(type) })),
  ];
}

/** PostgreSQL can add labels at any place, but neither drop nor reorder them. */
function addLabels(expected: EnumModel, actual: EnumModel): string | undefined {
  const kept = expected.labels.filter((label) => actual.labels.includes(label));
  if (JSON.stringify(kept) !== JSON.stringify(actual.labels)) return undefined;
  const literal = (label: string): string => quoteLiteral(label).trim();
  const place = (at: number): string => {
    const before = expected.labels[at - 1];
    if (before !== undefined) return ` AFTER ${literal(before)}`;
    return actual.labels[0] === undefined ? '' : ` BEFORE ${literal(actual.labels[0])}`;
  };
  return expected.labels
    .flatMap((label, at) =>
      actual.labels.includes(label)
        ? []
        : [`ALTER TYPE ${relativeName(expected.schema, expected.name)} ADD VALUE ${literal(label)}${place(at)}`],
    )
    .join(';\n');
}

function compareSequences(expected: DatabaseModel, actual: DatabaseModel): DriftFinding[] {
  const { both, missing, extra } = pairBy(expected.sequences, actual.sequences, objectKey);
  const definition = ({ type, start, increment, min, max, cache, cycle }: SequenceModel): string =>
    `${type} START ${start} INCREMENT ${increment} MIN ${min} MAX ${max} CACHE ${cache}${cycle ? ' CYCLE' : ''}`;
  const owner = ({ ownedBy }: SequenceModel): string =>
    ownedBy === null ? 'none' : `${objectKey({ schema: ownedBy.schema, name: ownedBy.table })}.${ownedBy.column}`;
  return [
    ...missing.map((sequence) =>
      finding('missing sequence', {
        name: objectKey(sequence),
        expected: definition(sequence),
        repair: createFilledSequence(sequence, expected.tables),
      }),
    ),
    ...both.flatMap((pair) => {
      const name = objectKey(pair.expected);
      const about = (text: (sequence: SequenceModel) => string) => ({ name, expected: text(pair.expected), actual: text(pair.actual) });
      return [
        ...(definition(pair.expected) === definition(pair.actual)
          ? []
          : [
              finding('sequence definition', {
                ...about(definition),
                repair: createSequence(pair.expected, relativeName).replace('CREATE', 'ALTER').replace(' START WITH', ' START'),
              }),
            ]),
        ...(owner(pair.expected) === owner(pair.actual)
          ? []
          : [finding('sequence owner', { ...about(owner), repair: sequenceOwner(pair.expected, relativeName) })]),
      ];
    }),
    ...extra.map((sequence) => finding('extra sequence', { name: objectKey(sequence), actual: definition(sequence) })),
  ];
}

/** A new sequence has to begin behind the values that its column holds (letta-server.md §3). */
function createFilledSequence(sequence: SequenceModel, tables: readonly TableModel[]): string {
  const name = relativeName(sequence.schema, sequence.name);
  const users = tables.flatMap((table) =>
    table.columns
      .filter((column) => column.default?.includes(`nextval('${name}'`) || column.default?.includes(`nextval('${sequence.name}'`))
      .map(
        (column) =>
          `SELECT setval(${quoteLiteral(name).trim()}, (SELECT coalesce(max(${quoteIdent(column.name)}), 0) + 1 FROM ${relativeName(table.schema, table.name)}), false)`,
      ),
  );
  return [createSequence(sequence, relativeName), ...users].join(';\n');
}

function compareTables(expected: readonly TableModel[], actual: readonly TableModel[]): DriftFinding[] {
  const { both, missing, extra } = pairBy(expected, actual, objectKey);
  const text = (table: TableModel): string => table.columns.map(columnClause).join(', ');
  return [
    ...missing.map((table) => finding('missing table', { name: objectKey(table), expected: text(table), repair: createTable(table) })),
    ...both.flatMap((pair) => [
      ...compareColumns(pair.expected, pair.actual),
      ...compareConstraints(pair.expected, pair.actual),
      ...compareIndexes(pair.expected, pair.actual),
    ]),
    ...extra.map((table) => finding('extra table', { name: objectKey(table), actual: text(table) })),
  ];
}
