import type { Session } from './database.ts';
import type { Connection } from './place.ts';

/**
 * Sessions of others in these databases; `own` are ours, by their backends' numbers. A session without a user is the
 * server's own (autovacuum), which makes way by itself. Prepared transactions stay for ever.
 */
export async function connectionsTo(session: Session, names: readonly string[], own: readonly number[]): Promise<Connection[]> {
  const rows = await session.query(
    `select datname::text as database, coalesce(application_name, '') as application, usename::text as user, pid::text as pid
       from pg_stat_activity
      where datname::text in (select jsonb_array_elements_text($1::jsonb)) and usesysid is not null
        and pid <> all (select jsonb_array_elements_text($2::jsonb)::integer)
     union all
     select database::text, 'prepared transaction ' || gid, owner::text, '0' from pg_prepared_xacts
      where database::text in (select jsonb_array_elements_text($1::jsonb))
      order by 1, 4`,
    [JSON.stringify(names), JSON.stringify(own)],
  );
  return rows.map((row) => ({
    database: row.database ?? '',
    application: row.application ?? '',
    user: row.user ?? '',
    pid: Number(row.pid),
  }));
}

/** `3 × letta-server (user letta, processes 12, 13, 14)` */
export function describeConnections(connections: readonly Connection[]): string {
  const groups = Map.groupBy(connections, ({ database, application, user }) => JSON.stringify([database, application, user]));
  return [...groups.values()]
    .map((group) => {
      const [{ application, user, database } = { application: '', user: '', database: '' }] = group;
      const pids = group.slice(0, 5).map(({ pid }) => pid);
      const more = group.length > pids.length ? ' …' : '';
      return `${group.length} × ${application || 'no application name'} on ${database} (user ${user}, process ${pids.join(', ')}${more})`;
    })
    .join('; ');
}
