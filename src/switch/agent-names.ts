import type { Session } from '../postgres/database.ts';
import { type DatabaseModel, qualified } from '../schema/model.ts';

/** Names of agents by id, as far as they are still there. */
export async function agentNames(
  session: Session,
  home: string,
  model: DatabaseModel,
  ids: Iterable<string>,
): Promise<Map<string, string>> {
  const agents = model.tables.find(({ schema, name }) => schema === null && name === 'agents');
  const wanted = [...new Set(ids)];
  if (wanted.length === 0 || !['id', 'name'].every((column) => agents?.columns.some(({ name }) => name === column))) return new Map();
  const rows = await session.query(
    `select id::text as id, name::text as name from ${qualified(home, null, 'agents')} where id::text in (select jsonb_array_elements_text($1::jsonb))`,
    [JSON.stringify(wanted)],
  );
  return new Map(rows.map((row) => [row.id ?? '', row.name ?? '']));
}
