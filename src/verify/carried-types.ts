import type { Session } from '../postgres/database.ts';
import type { ColumnShape } from '../rows/shape.ts';

/** Types other than text whose values travel in binary, each with a form of its own. */
const ownForm =
  /^(?:boolean|smallint|integer|bigint|real|double precision|numeric|jsonb|bytea|uuid|date|interval|vector|time(?:stamp)? with(?:out)? time zone)$/;
/** Types that are sent as text: equal values are equal bytes. An enum is sent as its label. */
const textForm = /^(?:text|character varying|character|json|enum)$/;

/** Column aliases of a sub-select: positions, as nothing says that its own names are different ones. */
export const aliasOf = (position: number): string => `c${position}`;

/**
 * The columns of a SELECT whose type has another binary form than what the snapshot holds: the same bytes would mean
 * something else (0 as bigint and as timestamp), and a column of NULLs would look equal. The SELECT is planned, not run.
 *
 * @param columns as the SELECT must give them, in order
 * @returns indexes into `columns`
 * @throws LifeboatError when the SELECT has another number of columns, or is none
 */
export async function mismatchedTypes(session: Session, sql: string, columns: readonly ColumnShape[]): Promise<number[]> {
  const aliases = columns.map((_, position) => aliasOf(position));
  const list = aliases.length === 0 ? '' : `(${aliases.join(', ')})`;
  // UNION wants the same number of columns on both sides, which a list of aliases does not.
  const counted = `(${sql}) UNION ALL SELECT ${aliases.map(() => 'NULL').join(', ')} WHERE false`;
  const types = await session.query(
    `SELECT CASE WHEN t.typtype = 'e' THEN 'enum' WHEN t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace
        THEN pg_catalog.format_type(t.oid, NULL) ELSE t.typname::text END AS type
     FROM (SELECT ARRAY[${aliases.map((alias) => `pg_catalog.pg_typeof(${alias})::oid`).join(', ')}]::oid[] AS types
           FROM (SELECT) AS one LEFT JOIN (${counted}) AS carried ${list} ON false) AS described,
       pg_catalog.unnest(types) WITH ORDINALITY AS each (oid, position)
       JOIN pg_catalog.pg_type AS t ON t.oid = each.oid
     ORDER BY position`,
  );
  return columns.flatMap((column, index) => (formOf(types[index]?.type ?? '') === expectedForm(column) ? [] : [index]));
}

/** What is sent for values of a type, as one word per form. */
function formOf(type: string): string {
  return textForm.test(type) ? 'text' : type;
}

function expectedForm({ type, as }: ColumnShape): string {
  const bare = type.replace(/\([\d,-]+\)/, '').replace(/^interval .*/, 'interval');
  return as === 'binary' && ownForm.test(bare) ? bare : 'text';
}
