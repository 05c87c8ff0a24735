import { quoteIdent, quoteLiteral } from '../schema/model.ts';

/** Settings that would load code into every session; a vault is data, so these are never applied. */
const refused =
  /preload_libraries$|^dynamic_library_path$|^extension_control_path$|^(ssl|archive|restore).*command$|\.(on_\w*init|\w*start_proc)$/i;
const settingName = /^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/i;

/** The statements for database-level settings, and those that are not applied. */
export interface SettingStatements {
  statements: { name: string; sql: string }[];
  refused: string[];
}

/**
 * `ALTER DATABASE … SET` for the snapshot's settings. The search_path is always set when home is not `public`: without
 * it a Letta server boots empty and looks healthy (letta-server.md §10). In another layout the old home's name is
 * replaced by the new one.
 */
export function settingStatements(
  database: string,
  settings: Record<string, string>,
  homes: { from: string; to: string },
): SettingStatements {
  const result: SettingStatements = { statements: [], refused: [] };
  const path = searchPath(settings.search_path, homes);
  if (path)
    result.statements.push({
      name: 'search_path',
      sql: `alter database ${quoteIdent(database)} set search_path to ${path.map(quoteIdent).join(', ')}`,
    });
  for (const [name, value] of Object.entries(settings)) {
    if (name === 'search_path') continue;
    if (!settingName.test(name) || refused.test(name)) result.refused.push(name);
    else
      result.statements.push({
        name,
        sql: `alter database ${quoteIdent(database)} set ${name.split('.').map(quoteIdent).join('.')} to ${quoteLiteral(value)}`,
      });
  }
  return result;
}

function searchPath(stored: string | undefined, homes: { from: string; to: string }): string[] | null {
  const path = stored === undefined ? [] : parseSearchPath(stored).map((schema) => (schema === homes.from ? homes.to : schema));
  if (path.length === 0) return homes.to === 'public' ? null : [homes.to];
  if (homes.from !== homes.to && homes.to === 'public' && path.every((schema) => schema === 'public' || schema === '$user')) return null;
  if (!path.includes(homes.to)) path.unshift(homes.to);
  return [...new Set(path)];
}

/** Splits PostgreSQL's list of identifiers: `letta, "$user", "we""ird"`. */
export function parseSearchPath(text: string): string[] {
  return [...text.matchAll(/"((?:[^"]|"")*)"|([^\s,"]+)/g)].map((match) =>
    match[1] === undefined ? (match[2] ?? '').toLowerCase() : match[1].replaceAll('""', '"'),
  );
}
