import { schemaAt } from '../../src/letta/catalogue.ts';
import { heads } from './heads.ts';

let known: Map<string, Set<string>> | undefined;

/** A table or column that no release ever had is a slip of the pen. */
export function refuseTypos(table: string, given: Readonly<Record<string, unknown>>): void {
  if (known === undefined) {
    known = new Map();
    for (const revision of heads()) {
      for (const { name, columns } of schemaAt(revision).tables) {
        const names = known.get(name) ?? new Set<string>();
        for (const column of columns) names.add(column.name);
        known.set(name, names);
      }
    }
  }
  const columns = known.get(table);
  if (columns === undefined) throw new Error(`no release has a table ${table}`);
  const wrong = Object.keys(given).filter((name) => !columns.has(name));
  if (wrong.length > 0) throw new Error(`no release has ${table}.${wrong.join(', ')}`);
}
