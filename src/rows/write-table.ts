import type { Session } from '../postgres/database.ts';
import { quoteIdent } from '../schema/model.ts';
import { copyStream } from './copy-stream.ts';
import type { TableShape } from './shape.ts';

export interface TableTarget {
  /** Quoted and qualified. */
  into: string;
  shape: TableShape;
  /** The table was created or truncated in this transaction: rows are written frozen, without a later rewrite. */
  freeze?: boolean;
}

const staging = 'pg_temp.lifeboat_staging';

/**
 * Loads bare tuples into a table, in the caller's transaction. @returns rows loaded.
 *
 * Columns that travel as text cannot go in by binary COPY: such a table is loaded into a staging table first and
 * cast from there. The types come from the target's catalogue, never from the vault.
 */
export async function loadTable(
  session: Session,
  { into, shape, freeze = false }: TableTarget,
  tuples: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<number> {
  const names = shape.columns.map(({ name }) => quoteIdent(name));
  // There is no way to write an empty list of columns; a table of none has none to choose from either.
  const list = names.length === 0 ? '' : ` (${names.join(', ')})`;
  const stream = copyStream(tuples);
  if (shape.columns.every(({ as }) => as === 'binary')) {
    return await session.copyIn(`COPY ${into}${list} FROM STDIN (FORMAT binary${freeze ? ', FREEZE' : ''})`, stream);
  }

  const types = await typesOf(session, into);
  const staged = shape.columns.map(({ as }, index) => (as === 'binary' ? names[index] : `${names[index]}::text AS ${names[index]}`));
  const cast = shape.columns.map(({ name, as }, index) => (as === 'binary' ? names[index] : `${names[index]}::${types.get(name)}`));
  await session.query(
    `CREATE TEMPORARY TABLE lifeboat_staging ON COMMIT DROP AS SELECT ${staged.join(', ')} FROM ONLY ${into} WITH NO DATA`,
  );
  const rows = await session.copyIn(`COPY ${staging}${list} FROM STDIN (FORMAT binary)`, stream);
  // COPY writes identity columns as they come; INSERT has to be told.
  await session.query(`INSERT INTO ${into}${list} OVERRIDING SYSTEM VALUE SELECT ${cast.join(', ')} FROM ${staging}`);
  await session.query(`DROP TABLE ${staging}`);
  return rows;
}

/** Column → its type as PostgreSQL writes it under this session's search_path. */
async function typesOf(session: Session, table: string): Promise<Map<string, string>> {
  const columns = await session.query(
    `SELECT attname, format_type(atttypid, atttypmod) AS type FROM pg_catalog.pg_attribute
     WHERE attrelid = $1::pg_catalog.regclass AND attnum > 0 AND NOT attisdropped`,
    [table],
  );
  return new Map(columns.map((column) => [column.attname ?? '', column.type ?? '']));
}
