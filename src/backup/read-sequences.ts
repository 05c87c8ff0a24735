import type { Session } from '../postgres/database.ts';
import { type DatabaseModel, qualified } from '../schema/model.ts';
import type { Manifest } from '../vault/manifest.ts';
import type { IdentityValue } from '../vault/schema-object.ts';

/**
 * Values of all sequences. They are not transactional, so they are read after the rows: at or beyond the data.
 * `log_cnt` and cache are the server's own business and are left out.
 */
export async function readSequences(session: Session, home: string, model: DatabaseModel): Promise<Manifest['sequences']> {
  const values = [];
  for (const sequence of model.sequences) {
    const [row] = await session.query(`select last_value::text, is_called from ${qualified(home, sequence.schema, sequence.name)}`);
    if (row)
      values.push({ schema: sequence.schema, name: sequence.name, lastValue: row.last_value ?? '1', isCalled: row.is_called === 't' });
  }
  return values;
}

/** Values of the sequences behind identity columns, named by their column. */
export async function readIdentityValues(session: Session, home: string, model: DatabaseModel): Promise<IdentityValue[]> {
  const values = [];
  for (const table of model.tables) {
    for (const column of table.columns) {
      if (column.identity === null) continue;
      const [found] = await session.query('select pg_get_serial_sequence($1, $2) as name', [
        qualified(home, table.schema, table.name),
        column.name,
      ]);
      if (!found?.name) continue;
      const [row] = await session.query(`select last_value::text, is_called from ${found.name}`);
      if (row)
        values.push({
          schema: table.schema,
          table: table.name,
          column: column.name,
          lastValue: row.last_value ?? '1',
          isCalled: row.is_called === 't',
        });
    }
  }
  return values;
}
