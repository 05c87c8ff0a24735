import type { Session, TextRow } from '../../src/postgres/database.ts';
import { type DatabaseModel, qualified, quoteIdent, type TableModel } from '../../src/schema/model.ts';

/** The rows of every table as text; a long value is its hash, and how a value is written does not depend on the release. */
export type Content = Map<string, TextRow[]>;

/** Reads a whole (small) database. Shares no code with the proof that it is to check. */
export async function readContent(session: Session, schema: string, model: DatabaseModel): Promise<Content> {
  await session.query(`set timezone to 'UTC'`);
  const content: Content = new Map();
  for (const table of model.tables) {
    if (table.schema !== null || table.name === 'alembic_version') continue;
    content.set(table.name, await readTable(session, qualified(schema, null, table.name), table));
  }
  return content;
}

export async function readTable(session: Session, from: string, table: TableModel): Promise<TextRow[]> {
  const list = table.columns.map(({ name, type }) => {
    const column = quoteIdent(name);
    // `2025-01-01 00:00:00+00` and the same without a zone are one instant.
    const text = type.startsWith('timestamp') ? `${column}::timestamp::text` : `${column}::text`;
    return `case when length(${text}) > 500 then md5(${text}) else ${text} end as ${column}`;
  });
  return session.query(`select ${list.join(', ')} from ${from}`);
}
