import type { Session } from '../postgres/database.ts';
import { objectKey } from '../schema/model.ts';
import { type BuildContext, lookAfterwards } from './build-context.ts';

/** A built table whose rows all come from one table of the snapshot, and its columns that are compared with it. */
export interface TellingTable {
  /** objectKey in the built database. */
  table: string;
  /** The snapshot's name of it, which the comparison uses. */
  called: string;
  /** Column of the built table → its name in the snapshot. */
  columns: ReadonlyMap<string, string>;
}

/**
 * Where a changed value must show in the proof, under one name: carried columns of tables that are fed by one table of
 * the snapshot. Left out are columns that a pass altered, since the proof reads those from its log, and tables whose rows
 * go several ways, where a change can send a row the other way.
 */
export async function tellingTables(session: Session, { plan, entries }: BuildContext): Promise<TellingTable[]> {
  const { altered } = await lookAfterwards(session);
  const feeds = new Map<string, number>();
  for (const { routes } of plan.carries) for (const { table } of routes) feeds.set(table, (feeds.get(table) ?? 0) + 1);
  const telling: TellingTable[] = [];
  for (const { base, routes, columns } of plan.carries) {
    const [route] = routes;
    const entry = entries.get(base);
    if (route === undefined || routes.length > 1 || route.marker !== null || feeds.get(route.table) !== 1 || !entry) continue;
    const compared = columns.flatMap((name): [string, string][] => {
      const built = route.columns.get(name);
      if (built === undefined || altered.has(`${route.table}.${built}`) || !entry.shape.some((column) => column.name === name)) return [];
      return [[built, name]];
    });
    telling.push({ table: route.table, called: base, columns: new Map(compared) });
  }
  for (const table of plan.own) {
    const shape = entries.get(objectKey(table))?.shape ?? [];
    telling.push({ table: objectKey(table), called: objectKey(table), columns: new Map(shape.map(({ name }) => [name, name])) });
  }
  return telling;
}
