import { columnClause, createIndex, foreignKeyClause, primaryKeyClause, relativeName, uniqueClause } from './clauses.ts';
import { type DriftFinding, finding } from './drift.ts';
import { type IndexModel, objectKey, quoteIdent, type TableModel } from './model.ts';
import { pairDefined } from './pairs.ts';

interface Constraint {
  name: string;
  definition: string;
}

/** How the constraints of a table differ. Names matter: Letta's migrations drop constraints by name (letta-server.md §1.3). */
export function compareConstraints(expected: TableModel, actual: TableModel): DriftFinding[] {
  const table = objectKey(expected);
  const alter = `ALTER TABLE ${relativeName(expected.schema, expected.name)}`;
  const { both, missing, extra } = pairDefined(constraintsOf(expected), constraintsOf(actual), ({ definition }) => definition);
  const add = ({ name, definition }: Constraint): string => `ADD CONSTRAINT ${quoteIdent(name)} ${definition}`;
  return [
    ...missing.map((constraint) =>
      finding('missing constraint', {
        table,
        name: constraint.name,
        expected: constraint.definition,
        repair: `${alter} ${add(constraint)}`,
      }),
    ),
    ...both.flatMap(({ expected: should, actual: is }) => {
      if (should.definition !== is.definition) {
        const repair = `${alter} DROP CONSTRAINT ${quoteIdent(is.name)}, ${add(should)}`;
        return [finding('constraint definition', { table, name: should.name, expected: should.definition, actual: is.definition, repair })];
      }
      if (should.name === is.name) return [];
      const repair = `${alter} RENAME CONSTRAINT ${quoteIdent(is.name)} TO ${quoteIdent(should.name)}`;
      return [finding('constraint name', { table, name: should.name, expected: should.name, actual: is.name, repair })];
    }),
    ...extra.map((constraint) => finding('extra constraint', { table, name: constraint.name, actual: constraint.definition })),
  ];
}

/** How the indexes of a table differ, those of constraints left aside. */
export function compareIndexes(expected: TableModel, actual: TableModel): DriftFinding[] {
  const table = objectKey(expected);
  const text = (index: IndexModel): string => `${index.unique ? 'UNIQUE ' : ''}${index.definition}`;
  const { both, missing, extra } = pairDefined(expected.indexes, actual.indexes, text);
  const create = (index: IndexModel): string => createIndex(expected, index, relativeName);
  const own = (index: IndexModel): string => relativeName(expected.schema, index.name);
  return [
    ...missing.map((index) => finding('missing index', { table, name: index.name, expected: text(index), repair: create(index) })),
    ...both.flatMap(({ expected: should, actual: is }) => {
      const about = { table, name: should.name };
      if (text(should) !== text(is))
        return [
          finding('index definition', {
            ...about,
            expected: text(should),
            actual: text(is),
            repair: `DROP INDEX ${own(is)};\n${create(should)}`,
          }),
        ];
      const renamed =
        should.name === is.name
          ? []
          : [
              finding('index name', {
                ...about,
                expected: should.name,
                actual: is.name,
                repair: `ALTER INDEX ${own(is)} RENAME TO ${quoteIdent(should.name)}`,
              }),
            ];
      const invalid =
        is.valid || !should.valid
          ? []
          : [finding('invalid index', { ...about, expected: 'valid', actual: 'invalid', repair: `REINDEX INDEX ${own(should)}` })];
      return [...renamed, ...invalid];
    }),
    // A plain index of a user's only costs time; a unique one can refuse rows that Letta writes.
    ...extra.map(
      (index): DriftFinding => ({
        ...finding('extra index', { table, name: index.name, actual: text(index) }),
        severity: index.unique ? 'drift' : 'note',
      }),
    ),
  ];
}

/** A missing table as statements. Its foreign keys come last: they may need other missing tables. */
export function createTable(table: TableModel): string {
  const name = relativeName(table.schema, table.name);
  const constraints = constraintsOf(table).map(
    (constraint) => `ALTER TABLE ${name} ADD CONSTRAINT ${quoteIdent(constraint.name)} ${constraint.definition}`,
  );
  return [
    `CREATE TABLE ${name} (${table.columns.map(columnClause).join(', ')})`,
    ...table.indexes.map((index) => createIndex(table, index, relativeName)),
    ...constraints,
  ].join(';\n');
}

function constraintsOf(table: TableModel): Constraint[] {
  const { primaryKey, uniques, checks, foreignKeys } = table;
  return [
    ...(primaryKey === null ? [] : [{ name: primaryKey.name, definition: primaryKeyClause(primaryKey) }]),
    ...uniques.map((unique) => ({ name: unique.name, definition: uniqueClause(unique) })),
    ...checks.map(({ name, definition, validated }) => ({ name, definition: validated ? definition : `${definition} NOT VALID` })),
    ...foreignKeys.map((key) => ({ name: key.name, definition: foreignKeyClause(key, relativeName) })),
  ];
}
