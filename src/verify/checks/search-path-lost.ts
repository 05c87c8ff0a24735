import { firstSchemaOf } from '../../postgres/search-path.ts';
import { quoteIdent } from '../../schema/model.ts';
import type { Check } from '../check.ts';

/** Asked for the role that owns the tables: a server makes them itself, so that it is the one that it connects as. */
export const searchPathLost: Check = {
  code: 'search-path-lost',
  group: 'schema',
  severity: 'error',
  looksFor:
    'A session begins in another schema than the one that holds Letta’s tables: the search_path of the database does not lead there.',
  effect:
    'The server finds no tables, migrates an empty schema from the beginning, and is an empty server that looks healthy (letta-server.md §10, §11 row 22).',
  run: async ({ session, home, model }) => {
    const [row] = await session.query(
      `select current_database() as database, pg_get_userbyid(c.relowner) as owner from pg_class c
        where c.relname = 'alembic_version' and c.relkind = 'r' and c.relnamespace = (select oid from pg_namespace where nspname = $1)`,
      [home],
    );
    const { database, owner } = row ?? {};
    if (!database || !owner) return [];
    const { schema, path } = await firstSchemaOf(session, owner);
    if (schema === home) return [];
    const extension = model.extensions.find(({ name }) => name === 'vector')?.schema ?? home;
    const wanted = [...new Set([home, extension])].map(quoteIdent).join(', ');
    return [
      {
        code: 'search-path-lost',
        severity: 'error',
        where: 'database',
        message: `Letta’s tables are in ${home}, but a session of ${owner} begins in ${schema ?? 'no schema'} (search_path ${path})`,
        ids: [],
        count: 0,
        why: 'A server would find no tables, make empty ones, and look healthy.',
        repair: `alter database ${quoteIdent(database)} set search_path to ${wanted};`,
        changes: [],
      },
    ];
  },
};
