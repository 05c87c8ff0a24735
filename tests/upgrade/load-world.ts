import type { Session } from '../../src/postgres/database.ts';
import { qualified, quoteIdent } from '../../src/schema/model.ts';
import type { World } from './world.ts';

/** COPY's text form of a value. */
function field(value: string | null | undefined): string {
  if (value === null || value === undefined) return '\\N';
  return value.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

/** Loads all rows into tables that have no constraints yet, and sets the sequences beyond them. */
export async function loadWorld(session: Session, home: string, world: World): Promise<void> {
  for (const [name, rows] of world.rows) {
    const columns = world.table(name)?.columns.map((column) => column.name) ?? [];
    const lines = rows.map((row) => Buffer.from(`${columns.map((column) => field(row[column])).join('\t')}\n`));
    await session.copyIn(`COPY ${qualified(home, null, name)} (${columns.map(quoteIdent).join(', ')}) FROM STDIN`, lines);
  }
}

/** As a server leaves it: beyond the rows, with a gap, since numbers of undone inserts are lost. */
export async function setSequences(session: Session, home: string, world: World): Promise<void> {
  for (const table of world.model.tables) {
    for (const column of table.columns) {
      const sequence = /^nextval\('(?:"?\w+"?\.)?"?(\w+)"?'::regclass\)$/.exec(column.default ?? '')?.[1];
      if (sequence === undefined) continue;
      await session.query(
        `select setval($1::regclass, (select coalesce(max(${quoteIdent(column.name)}), 0) + 5 from ${qualified(home, null, table.name)}), true)`,
        [qualified(home, null, sequence)],
      );
    }
  }
}
