import type { Session } from '../../src/postgres/database.ts';
import { shapeOf } from '../../src/rows/column-encoding.ts';
import { orderOf } from '../../src/rows/order.ts';
import type { TableSource } from '../../src/rows/read-table.ts';
import { quoteIdent, type TableModel } from '../../src/schema/model.ts';

/** Just enough of a table's model to read it; introspection proper has tests of its own. */
export async function tableSource(session: Session, name: string): Promise<TableSource> {
  const columns = await session.query(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attgenerated <> '' AS generated FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    [quoteIdent(name)],
  );
  const key = await session.query(
    `SELECT attname AS name FROM pg_index, unnest(indkey) WITH ORDINALITY AS k (attnum, position) JOIN pg_attribute a USING (attnum)
     WHERE indrelid = $1::regclass AND indisprimary AND a.attrelid = indrelid ORDER BY position`,
    [quoteIdent(name)],
  );
  const enums = await session.query(`SELECT format_type(oid, NULL) AS name FROM pg_type WHERE typtype = 'e'`);
  const model: TableModel = {
    schema: null,
    name,
    columns: columns.map((column) => ({
      name: column.name ?? '',
      type: column.type ?? '',
      notNull: false,
      default: null,
      identity: null,
      generated: column.generated === 't' ? 'generated' : null,
      collation: null,
    })),
    primaryKey: key.length === 0 ? null : { name: 'pkey', columns: key.map((column) => column.name ?? '') },
    uniques: [],
    foreignKeys: [],
    checks: [],
    indexes: [],
  };
  const shape = shapeOf(model, new Set(enums.map((row) => row.name ?? '')));
  return { from: `public.${quoteIdent(name)}`, shape, order: orderOf(model, shape) };
}
