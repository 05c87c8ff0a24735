import type { DatabaseModel } from '../schema/model.ts';
import { bySchemaAndName } from '../schema/order.ts';
import type { Session } from './database.ts';
import { readIndexes, readKeysAndChecks } from './introspect-constraints.ts';
import { readSequenceModels } from './introspect-sequences.ts';
import { readColumns, readTables, tableKey } from './introspect-tables.ts';
import { readEnums, readExtensions, readSchemas } from './introspect-types.ts';
import { readOthers } from './other-objects.ts';
import { withRendering } from './rendering.ts';

/**
 * The schema of a whole database as data: the same model for the same schema on PostgreSQL 15 to 18 and embedded.
 * Partitions and inheritance children are plain tables; what the model cannot say is in `others`.
 * May be called inside a transaction, whose snapshot and settings it leaves as they were.
 */
export async function introspect(session: Session, home: string): Promise<DatabaseModel> {
  const relative = (schema: string | null | undefined): string | null => (schema === home ? null : (schema ?? null));
  const extensions = await readExtensions(session, relative);
  const path = [home, ...extensions.map(({ schema }) => schema ?? home).filter((schema) => !schema.startsWith('pg_'))];
  return withRendering(session, [...new Set(path)], async () => {
    const columns = await readColumns(session);
    const { primaryKeys, uniques, foreignKeys, checks } = await readKeysAndChecks(session, relative);
    const indexes = await readIndexes(session);
    const tables = (await readTables(session)).map(({ schema, name }) => {
      const key = tableKey(schema, name);
      return {
        schema: relative(schema),
        name,
        columns: columns.get(key) ?? [],
        primaryKey: primaryKeys.get(key)?.[0] ?? null,
        uniques: uniques.get(key) ?? [],
        foreignKeys: foreignKeys.get(key) ?? [],
        checks: checks.get(key) ?? [],
        indexes: indexes.get(key) ?? [],
      };
    });
    return {
      schemas: (await readSchemas(session)).filter((schema) => schema !== home).sort(),
      extensions: extensions.sort((a, b) => bySchemaAndName(a, b)),
      enums: (await readEnums(session, relative)).sort(bySchemaAndName),
      sequences: (await readSequenceModels(session, relative)).sort(bySchemaAndName),
      tables: tables.sort(bySchemaAndName),
      others: await readOthers(session, home),
    };
  });
}
