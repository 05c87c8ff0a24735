import {
  columnClause,
  createEnum,
  createIndex,
  createSequence,
  foreignKeyClause,
  type Naming,
  primaryKeyClause,
  sequenceOwner,
  uniqueClause,
} from '../schema/clauses.ts';
import { type DatabaseModel, qualified, quoteIdent, type TableModel } from '../schema/model.ts';
import { type LeftOut, withoutUnsafe } from './ddl-safety.ts';

/** A statement that adds something to one table. */
export interface TableStatement {
  /** Quoted and qualified. */
  table: string;
  sql: string;
}

/** A foreign key is added without a look at the rows, and validated afterwards, which others may do beside it. */
export interface ForeignKeyStatement extends TableStatement {
  /** null: it was not valid where it comes from. */
  validate: string | null;
}

/** The statements that build a schema, stage by stage. Order matters between stages; within `indexes` it does not. */
export interface SchemaStatements {
  types: string[];
  sequences: string[];
  /** Stored definitions that tables may need. Empty without `withObjects`. */
  preObjects: string[];
  /** Columns, NOT NULL and defaults; neither constraints nor indexes, so that rows load fast. */
  tables: string[];
  indexes: TableStatement[];
  /** Primary keys, unique and check constraints. */
  constraints: TableStatement[];
  foreignKeys: ForeignKeyStatement[];
  sequenceOwners: string[];
  /** Stored definitions that need tables and rows. Empty without `withObjects`. */
  postObjects: string[];
  /** What is not built, because it would run code from the vault. */
  leftOut: LeftOut[];
  /** The model that these statements build: the given one without what was left out. */
  built: DatabaseModel;
}

/**
 * DatabaseModel → statements that build it in an empty database. Pure. They are to be run with
 * `search_path = home, <schemas of extensions>`, where the extensions are, and with standard_conforming_strings on.
 * Names are quoted, fixed words are matched, and expressions are taken only when they are harmless ("nothing in a vault
 * is code"); `withObjects` lifts that, for a vault whose definitions the user trusts.
 * @throws LifeboatError objects-needed: a column's type is itself a stored definition, so rows would have no place
 */
export function schemaStatements(model: DatabaseModel, home: string, options: { withObjects?: boolean } = {}): SchemaStatements {
  const withObjects = options.withObjects ?? false;
  const { built, leftOut } = withoutUnsafe(model, withObjects);
  const naming: Naming = (schema, name) => qualified(home, schema, name);
  const definitions = (phase: 'pre' | 'post'): string[] =>
    built.others.flatMap((other) => (other.phase === phase && other.definition !== null ? [other.definition] : []));
  const perTable = <T>(statements: (table: TableModel, name: string) => T[]): T[] =>
    built.tables.flatMap((table) => statements(table, naming(table.schema, table.name)));
  const of = (statements: (table: TableModel, name: string) => string[]): TableStatement[] =>
    perTable((table, name) => statements(table, name).map((sql) => ({ table: name, sql })));
  const add = (table: string, name: string, clause: string): string => `ALTER TABLE ${table} ADD CONSTRAINT ${quoteIdent(name)} ${clause}`;

  return {
    types: built.enums.map((type) => createEnum(type, naming)),
    sequences: built.sequences.map((sequence) => createSequence(sequence, naming)),
    preObjects: definitions('pre'),
    tables: perTable((table, name) => [
      `CREATE TABLE ${name} (${table.columns.map((column) => `\n  ${columnClause(column)}`).join(',')}\n)`,
    ]),
    indexes: of((table) => table.indexes.map((index) => createIndex(table, index, naming))),
    constraints: of((table, name) => [
      ...(table.primaryKey === null ? [] : [add(name, table.primaryKey.name, primaryKeyClause(table.primaryKey))]),
      ...table.uniques.map((unique) => add(name, unique.name, uniqueClause(unique))),
      ...table.checks.map((check) => add(name, check.name, `${check.definition}${check.validated ? '' : ' NOT VALID'}`)),
    ]),
    foreignKeys: perTable((table, name) =>
      table.foreignKeys.map((key) => ({
        table: name,
        sql: add(name, key.name, foreignKeyClause({ ...key, validated: false }, naming)),
        validate: key.validated ? `ALTER TABLE ${name} VALIDATE CONSTRAINT ${quoteIdent(key.name)}` : null,
      })),
    ),
    sequenceOwners: built.sequences.filter(({ ownedBy }) => ownedBy !== null).map((sequence) => sequenceOwner(sequence, naming)),
    postObjects: definitions('post'),
    leftOut,
    built,
  };
}

/** All statements of a stage list in the order in which they run, for a database without rows. */
export function inOrder(statements: SchemaStatements): string[] {
  const { types, sequences, preObjects, tables, sequenceOwners, postObjects } = statements;
  return [types, sequences, preObjects, tables, additions(statements), sequenceOwners, postObjects].flat();
}

/** What is added to tables once their rows are there, one statement after the other. */
export function additions({
  indexes,
  constraints,
  foreignKeys,
}: Pick<SchemaStatements, 'indexes' | 'constraints' | 'foreignKeys'>): string[] {
  const keys = foreignKeys.flatMap(({ sql, validate }) => (validate === null ? [sql] : [sql, validate]));
  return [...[...indexes, ...constraints].map(({ sql }) => sql), ...keys];
}
