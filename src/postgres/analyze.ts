import { qualified } from '../schema/model.ts';
import type { Session } from './database.ts';
import { spread } from './spread.ts';

/** Statistics for the planner: without them a server's first queries would be slow ones. The largest tables first. */
export async function analyze(sessions: readonly Session[], signal: AbortSignal): Promise<void> {
  const tables = await sessions[0]!.query(`
    select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    order by pg_table_size(c.oid) desc`);
  await spread(sessions, tables, signal, (session, { schema, name }) =>
    session.query(`analyze ${qualified('', schema ?? '', name ?? '')}`),
  );
}
