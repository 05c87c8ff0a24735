import type { DatabaseModel, TableModel } from '../schema/model.ts';
import { bySchemaAndName } from '../schema/order.ts';

/** The target's schema with the user's own tables, types and sequences beside it, as they are. */
export function withOwnTables(
  target: DatabaseModel,
  source: DatabaseModel,
  own: readonly TableModel[],
): { model: DatabaseModel; notes: string[] } {
  const notes: string[] = [];
  const tables = [...target.tables, ...own.map((table) => withoutDangling(table, target, own, notes))].sort(bySchemaAndName);
  const lettaEnums = new Set(target.enums.map(({ name }) => name));
  const used = new Set(own.flatMap(({ columns }) => columns.map(({ type }) => type)));
  const ownEnums = source.enums.filter((each) => each.schema !== null || (!lettaEnums.has(each.name) && used.has(each.name)));
  const ownSequences = source.sequences.filter((each) => {
    if (target.sequences.some(({ name, schema }) => name === each.name && schema === each.schema)) return false;
    if (each.schema !== null) return true;
    if (each.ownedBy !== null) return own.some(({ schema, name }) => schema === each.ownedBy?.schema && name === each.ownedBy.table);
    return own.some(({ columns }) => columns.some((column) => column.default?.includes(each.name) ?? false));
  });
  return {
    model: {
      schemas: source.schemas,
      extensions: source.extensions,
      enums: [...target.enums, ...ownEnums].sort(bySchemaAndName),
      sequences: [...target.sequences, ...ownSequences].sort(bySchemaAndName),
      tables,
      others: source.others,
    },
    notes,
  };
}

/** A table of the user's own may point at something of Letta's that the target does not have. */
function withoutDangling(table: TableModel, target: DatabaseModel, own: readonly TableModel[], notes: string[]): TableModel {
  const exists = (schema: string | null, name: string, columns: readonly string[]): boolean => {
    const found =
      own.find((each) => each.schema === schema && each.name === name) ??
      (schema === null ? target.tables.find((each) => each.name === name) : undefined);
    return found !== undefined && columns.every((column) => found.columns.some((each) => each.name === column));
  };
  return {
    ...table,
    foreignKeys: table.foreignKeys.filter((key) => {
      if (exists(key.refSchema, key.refTable, key.refColumns)) return true;
      notes.push(`${table.name}.${key.name} points at ${key.refTable}, which is not there at the target: left out`);
      return false;
    }),
  };
}
