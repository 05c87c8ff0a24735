import { LifeboatError } from '../report/errors.ts';
import { quoteIdent } from '../schema/model.ts';
import type { RestoreMark } from './build-mark.ts';
import type { Database, Session } from './database.ts';

/** What a database holds that is the user's: an empty list means that it may be restored into. */
export async function contentsOf(session: Session): Promise<string[]> {
  const rows = await session.query(`
      select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
         and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
      union all
      select 'function ' || n.nspname || '.' || p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
         and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
      union all
      select 'type ' || n.nspname || '.' || t.typname from pg_type t join pg_namespace n on n.oid = t.typnamespace
       where t.typtype in ('e', 'd') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      union all
      select 'large object ' || oid from pg_largeobject_metadata
      order by 1 limit 50`);
  return rows.map((row) => row.name ?? '');
}

/** That a database cannot be restored into, and what it is: one that Lifeboat itself built and proved says so. */
export function notEmpty(database: Pick<Database, 'kind' | 'name'>, contents: readonly string[], mark: RestoreMark | null): LifeboatError {
  const facts = { database: database.name, contents: someOf(contents), count: contents.length };
  if (mark?.state !== 'complete') return new LifeboatError('target-not-empty', facts);
  const removal = database.kind === 'embedded' ? 'rm -r of its directory' : `DROP DATABASE ${quoteIdent(database.name)}`;
  return new LifeboatError('target-is-built', { ...facts, snapshot: mark.snapshot, removal });
}

export function someOf(contents: readonly string[]): string {
  const rest = contents.length - 8;
  return contents.slice(0, 8).join(', ') + (rest > 0 ? ` and ${rest}${contents.length >= 50 ? ' or more' : ''} others` : '');
}
