import { modelAt } from '../letta/catalogue.ts';
import { compareSchemas } from '../schema/compare.ts';
import { type DatabaseModel, objectKey } from '../schema/model.ts';

/**
 * Indexes and constraints that somebody added to Letta's own tables: the target is built as the catalogue has it, so they
 * do not come along. Each is named with its definition, so that it can be made again. Those that the target has by itself are no loss,
 * nor are primary keys: create_all makes them where Letta's migrations make none (letta-server.md §3).
 *
 * @param source the snapshot's schema, whose own additions count against the catalogue at `from`
 */
export function leftDefinitions(source: DatabaseModel, from: string, to: string): string[] {
  const target = modelAt(to);
  const letta = new Set(modelAt(from).tables.map((table) => objectKey(table)));
  return compareSchemas(modelAt(from), source).flatMap(({ kind, table, name, actual }) => {
    if ((kind !== 'extra index' && kind !== 'extra constraint') || table === null || actual === null || !letta.has(table)) return [];
    if (actual.startsWith('PRIMARY KEY')) return [];
    const there = target.tables.find((each) => objectKey(each) === table);
    if (there === undefined || there.indexes.some((index) => index.name === name) || hasConstraint(there, name)) return [];
    return [`${kind.slice('extra '.length)} ${name} of ${table} is not Letta's and is left out: ${actual}`];
  });
}

function hasConstraint({ primaryKey, uniques, foreignKeys, checks }: DatabaseModel['tables'][number], name: string): boolean {
  return primaryKey?.name === name || [...uniques, ...foreignKeys, ...checks].some((each) => each.name === name);
}
