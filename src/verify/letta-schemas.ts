import type { DatabaseModel } from '../schema/model.ts';
import { setAsideSchema } from '../schema/own-schemas.ts';

/** Schemas besides home that hold alembic_version, or agents with messages: another Letta. */
export function lettaSchemas(model: DatabaseModel): string[] {
  const holds = (schema: string, name: string) => model.tables.some((table) => table.schema === schema && table.name === name);
  return model.schemas.filter(
    (schema) => schema !== setAsideSchema && (holds(schema, 'alembic_version') || (holds(schema, 'agents') && holds(schema, 'messages'))),
  );
}
