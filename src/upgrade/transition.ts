import { changesAt } from '../letta/catalogue.ts';
import type { DatabaseModel, TableModel } from '../schema/model.ts';

/** Where a table's columns come from when one revision is crossed. */
export interface TableTransition {
  after: TableModel;
  /** Its name before; null for a table that begins here. */
  before: string | null;
  /** Column after → column before; a column that begins here is not in it. */
  columns: Map<string, string>;
}

export interface Transition {
  tables: TableTransition[];
}

/**
 * What crossing a revision does to tables and columns, upwards (the migration) or downwards (back to the one before
 * it), from the catalogue. Names follow true renames; a column dropped and added again in one revision is a new one.
 */
export function transition(revision: string, direction: 'up' | 'down', after: DatabaseModel, before: DatabaseModel): Transition {
  const changes = changesAt(revision).tables ?? {};
  const renames = new Map((changes.renamed ?? []).map(({ from, to }) => (direction === 'up' ? [to, from] : [from, to])));
  const beginning = new Set(direction === 'up' ? Object.keys(changes.added ?? {}) : (changes.dropped ?? []));
  return {
    tables: after.tables.map((table) => {
      const was = renames.get(table.name) ?? table.name;
      const old = before.tables.find(({ name }) => name === was);
      if (old === undefined || beginning.has(table.name)) return { after: table, before: null, columns: new Map() };
      // Changes of a table are listed under its new name.
      const columns = changes.changed?.[direction === 'up' ? table.name : was]?.columns;
      const renamed = new Map((columns?.renamed ?? []).map(({ from, to }) => (direction === 'up' ? [to, from] : [from, to])));
      const fresh = new Set(direction === 'up' ? (columns?.added ?? []).map(({ name }) => name) : (columns?.dropped ?? []));
      const origin = table.columns.flatMap(({ name }): [string, string][] => {
        const from = renamed.get(name) ?? name;
        return !fresh.has(name) && old.columns.some((column) => column.name === from) ? [[name, from]] : [];
      });
      return { after: table, before: was, columns: new Map(origin) };
    }),
  };
}
