import type { Session } from '../postgres/database.ts';
import { type DatabaseModel, qualified, quoteIdent } from '../schema/model.ts';
import type { Manifest } from '../vault/manifest.ts';

/**
 * Sets Letta's sequences beyond everything that counted before: the snapshot's sequence of that name, the one that
 * really fed the column there (after a repair by hand it has another name, letta-server.md §3), and the data.
 */
export async function setSequencesAt(
  session: Session,
  home: string,
  target: DatabaseModel,
  source: DatabaseModel,
  values: Manifest['sequences'],
): Promise<void> {
  for (const { schema, name } of target.sequences) {
    const fed = target.tables.flatMap((table) =>
      table.columns.flatMap((column) => (schema === null && feeding(column.default) === name ? [{ table, column: column.name }] : [])),
    );
    const names = new Set([
      name,
      ...fed.flatMap(({ table, column }) => {
        const was = source.tables.find((each) => each.schema === table.schema && each.name === table.name);
        return feeding(was?.columns.find((each) => each.name === column)?.default ?? null) ?? [];
      }),
    ]);
    // The value that comes next, whichever sequence gave the last one.
    const next = values
      .filter((each) => each.schema === schema && names.has(each.name))
      .map(({ lastValue, isCalled }) => BigInt(lastValue) + (isCalled ? 1n : 0n));
    for (const { table, column } of fed) {
      const [row] = await session.query(
        `select (max(${quoteIdent(column)}) + 1)::text as next from ${qualified(home, table.schema, table.name)}`,
      );
      if (row?.next) next.push(BigInt(row.next));
    }
    const highest = next.reduce((a, b) => (a > b ? a : b), 1n);
    await session.query('select setval($1::regclass, $2::bigint, false)', [qualified(home, schema, name), highest.toString()]);
  }
}

/** The sequence behind a default `nextval('name'::regclass)`. */
function feeding(expression: string | null): string | undefined {
  return /^nextval\('(?:"?\w+"?\.)?"?([^'"]+)"?'::regclass\)$/.exec(expression ?? '')?.[1];
}
