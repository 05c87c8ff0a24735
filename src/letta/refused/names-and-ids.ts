import { isSince } from '../serving-release.ts';
import { idPrefixesOf } from '../tables.ts';

/** Objects that an API path names by their id. `jobs` also holds runs of old releases, which have their own report. */
export const addressedTables = [
  'agents',
  'archives',
  'block',
  'conversations',
  'files',
  'groups',
  'identities',
  'mcp_server',
  'messages',
  'runs',
  'sources',
  'steps',
  'tools',
] as const;

/**
 * What the ids of a table look like: `<prefix>-<uuid4>` in lower case (PRIMITIVE_ID_PATTERNS in `letta/validators.py`), as a pattern of
 * PostgreSQL's; null where ids have no prefix. The ORM gives an OAuth session a bare uuid.
 */
export function idPatternOf(table: string): string | null {
  const prefixes = idPrefixesOf(table);
  if (prefixes.length === 0) return null;
  const prefix = prefixes.map((each) => `${each}-`).join('|');
  return `^(${prefix})${table === 'mcp_oauth' ? '?' : ''}[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`;
}

/** Whether a release takes only such ids in an address: since 0.13.0; others are answered with 422. */
export function validatesIds(release: string): boolean {
  return isSince(release, '0.13.0');
}

/**
 * SQL condition over the row `t`: a name that a release refuses when it exports an agent (CreateAgent.validate_name, letta-server.md
 * §8.4). `\w` of Python is any script's letter: of others than ASCII none is judged. null where any name is exported: exports of the older
 * form, up to 0.11.6, take any name (seen at 0.11.3).
 */
export function refusedName(release: string): string | null {
  if (!isSince(release, '0.11.7')) return null;
  return isSince(release, '0.13.0') ? `t.name ~ '[!-&(-,./:-@[-^\`{-~]'` : `t.name !~ '^[A-Za-z0-9 _-]*$'`;
}
