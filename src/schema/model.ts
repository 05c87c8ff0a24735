/**
 * A database's schema as plain data. Every name of a schema is *relative to home*: `schema: null` means
 * "the schema that holds Letta's tables" (wherever `alembic_version` is), so that a model says nothing about
 * the layout. Texts (types, defaults, definitions) are rendered by PostgreSQL with
 * `search_path = home, <schema of each extension>`; inside them names of home and of extensions are unqualified.
 * 64-bit integers are decimal strings. Arrays other than columns, keys and labels are sorted by (schema, name).
 */
export interface DatabaseModel {
  /** Schemas besides home that hold something of the user's. */
  schemas: string[];
  extensions: ExtensionModel[];
  enums: EnumModel[];
  sequences: SequenceModel[];
  tables: TableModel[];
  /** What is not modelled: kept as definition text, restored only with --with-objects, always reported. */
  others: OtherObject[];
}

export interface ExtensionModel {
  name: string;
  version: string;
  /** null = inside home. */
  schema: string | null;
}

export interface EnumModel {
  schema: string | null;
  name: string;
  /** In sort order. */
  labels: string[];
}

export interface SequenceModel {
  schema: string | null;
  name: string;
  type: string;
  start: string;
  increment: string;
  min: string;
  max: string;
  cache: string;
  cycle: boolean;
  /** Letta's message_seq_id is owned by no column (letta-server.md §3). Identity sequences are not listed here. */
  ownedBy: { schema: string | null; table: string; column: string } | null;
}

export interface ColumnModel {
  name: string;
  /** format_type() */
  type: string;
  notNull: boolean;
  /** pg_get_expr() of the default, null without one. */
  default: string | null;
  identity: 'always' | 'by default' | null;
  /** pg_get_expr() of a stored generated column; its `default` is null then. */
  generated: string | null;
  /** Collation when it is not the type's own default, rendered `"C"` or `schema."name"`. */
  collation: string | null;
}

export interface UniqueModel {
  name: string;
  columns: string[];
  nullsNotDistinct: boolean;
  deferrable: boolean;
  initiallyDeferred: boolean;
}

export interface ForeignKeyModel {
  name: string;
  columns: string[];
  refSchema: string | null;
  refTable: string;
  refColumns: string[];
  /** NO ACTION | CASCADE | SET NULL | SET DEFAULT | RESTRICT */
  onDelete: string;
  onUpdate: string;
  /** SIMPLE | FULL */
  match: string;
  deferrable: boolean;
  initiallyDeferred: boolean;
  validated: boolean;
}

export interface CheckModel {
  name: string;
  /** pg_get_constraintdef(): `CHECK (…)`. */
  definition: string;
  validated: boolean;
}

export interface IndexModel {
  name: string;
  unique: boolean;
  method: string;
  /** What follows the table's name in pg_get_indexdef(): `USING btree (a, b DESC) WHERE (…)`. */
  definition: string;
  /** False for what an interrupted CREATE INDEX CONCURRENTLY left behind. */
  valid: boolean;
}

export interface TableModel {
  schema: string | null;
  name: string;
  /** In attnum order. */
  columns: ColumnModel[];
  primaryKey: { name: string; columns: string[] } | null;
  uniques: UniqueModel[];
  foreignKeys: ForeignKeyModel[];
  checks: CheckModel[];
  /** Without those that back a primary key or unique constraint. */
  indexes: IndexModel[];
}

export interface OtherObject {
  /** `view`, `materialized view`, `function`, `trigger`, `policy`, `domain`, `large object`, … in plain words. */
  kind: string;
  schema: string | null;
  name: string;
  /** Statement(s) that re-create it, or null where PostgreSQL gives none. */
  definition: string | null;
  /** `pre`: needed before tables exist (domain, composite type, function); `post`: after the rows are in. */
  phase: 'pre' | 'post';
}

/** `"schema"."name"` for a home-relative name, once home's real name is known. Identifiers are always quoted. */
export function qualified(home: string, schema: string | null, name: string): string {
  return `${quoteIdent(schema ?? home)}.${quoteIdent(name)}`;
}

/** Quotes an identifier for SQL; every name that comes from a database or a vault goes through it. */
export function quoteIdent(name: string): string {
  if (name.includes('\0')) throw new RangeError('an identifier cannot hold a NUL byte');
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a text as an SQL literal (for the few statements that take no parameters: COMMENT, ALTER DATABASE … SET). */
export function quoteLiteral(text: string): string {
  if (text.includes('\0')) throw new RangeError('an SQL literal cannot hold a NUL byte');
  return text.includes('\\') ? ` E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : `'${text.replaceAll("'", "''")}'`;
}

/** Stable order and key for things named by (schema, name): home first. */
export function objectKey(object: { schema: string | null; name: string }): string {
  return object.schema === null ? object.name : `${object.schema}.${object.name}`;
}
