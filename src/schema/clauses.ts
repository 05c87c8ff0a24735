import {
  type ColumnModel,
  type ForeignKeyModel,
  type IndexModel,
  quoteIdent,
  quoteLiteral,
  type SequenceModel,
  type TableModel,
  type UniqueModel,
} from './model.ts';

/** How a (schema, name) of the model is written in the statement at hand: fully qualified, or relative to home. */
export type Naming = (schema: string | null, name: string) => string;

/** Home's names unqualified, for statements that a person runs with home in the search_path. */
export const relativeName: Naming = (schema, name) => (schema === null ? quoteIdent(name) : `${quoteIdent(schema)}.${quoteIdent(name)}`);

/** `"name" type …` as in CREATE TABLE. The expressions are the model's own: whoever runs it has checked them. */
export function columnClause(column: ColumnModel): string {
  return [
    quoteIdent(column.name),
    column.type,
    column.collation !== null && `COLLATE ${column.collation}`,
    column.generated !== null && `GENERATED ALWAYS AS (${column.generated}) STORED`,
    column.identity !== null && `GENERATED ${column.identity === 'always' ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY`,
    column.default !== null && `DEFAULT (${column.default})`,
    column.notNull && 'NOT NULL',
  ]
    .filter((part) => part !== false)
    .join(' ');
}

export function primaryKeyClause(key: NonNullable<TableModel['primaryKey']>): string {
  return `PRIMARY KEY ${columnList(key.columns)}`;
}

export function uniqueClause(unique: UniqueModel): string {
  return `UNIQUE ${unique.nullsNotDistinct ? 'NULLS NOT DISTINCT ' : ''}${columnList(unique.columns)}${deferral(unique)}`;
}

export function foreignKeyClause(key: ForeignKeyModel, naming: Naming): string {
  return [
    `FOREIGN KEY ${columnList(key.columns)} REFERENCES ${naming(key.refSchema, key.refTable)} ${columnList(key.refColumns)}`,
    key.match === 'FULL' ? ' MATCH FULL' : '',
    key.onUpdate === 'NO ACTION' ? '' : ` ON UPDATE ${key.onUpdate}`,
    key.onDelete === 'NO ACTION' ? '' : ` ON DELETE ${key.onDelete}`,
    deferral(key),
    key.validated ? '' : ' NOT VALID',
  ].join('');
}

export function createIndex(table: { schema: string | null; name: string }, index: IndexModel, naming: Naming): string {
  return `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${quoteIdent(index.name)} ON ${naming(table.schema, table.name)} ${index.definition}`;
}

export function createEnum(type: { schema: string | null; name: string; labels: readonly string[] }, naming: Naming): string {
  return `CREATE TYPE ${naming(type.schema, type.name)} AS ENUM (${type.labels.map((label) => quoteLiteral(label).trim()).join(', ')})`;
}

export function createSequence(sequence: SequenceModel, naming: Naming): string {
  const { type, increment, min, max, start, cache, cycle } = sequence;
  return `CREATE SEQUENCE ${naming(sequence.schema, sequence.name)} AS ${type} INCREMENT BY ${increment} MINVALUE ${min} MAXVALUE ${max} START WITH ${start} CACHE ${cache}${cycle ? ' CYCLE' : ''}`;
}

export function sequenceOwner(sequence: SequenceModel, naming: Naming): string {
  const owner = sequence.ownedBy;
  return `ALTER SEQUENCE ${naming(sequence.schema, sequence.name)} OWNED BY ${owner === null ? 'NONE' : `${naming(owner.schema, owner.table)}.${quoteIdent(owner.column)}`}`;
}

export function columnList(columns: readonly string[]): string {
  return `(${columns.map(quoteIdent).join(', ')})`;
}

function deferral({ deferrable, initiallyDeferred }: { deferrable: boolean; initiallyDeferred: boolean }): string {
  return deferrable ? ` DEFERRABLE${initiallyDeferred ? ' INITIALLY DEFERRED' : ''}` : '';
}
