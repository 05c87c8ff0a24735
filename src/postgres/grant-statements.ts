import type { GrantRecord } from '../schema/grant-record.ts';
import { qualified, quoteIdent } from '../schema/model.ts';
import { sqlTokens } from '../schema/sql-tokens.ts';

export interface GrantStatement {
  /** Qualified name of the relation that has to exist, null for what does anyway. */
  relation: string | null;
  sql: string;
}

export interface MissingRole {
  role: string;
  objects: number;
  asOwner: boolean;
}

interface Place {
  home: string;
  database: string;
  roles: ReadonlySet<string>;
  withOwners: boolean;
  /** Qualified names of the sequences that have their table's owner and cannot be given away alone. */
  following: ReadonlySet<string>;
}

const privilegeWords = new Set([
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'TRUNCATE',
  'REFERENCES',
  'TRIGGER',
  'MAINTAIN',
  'USAGE',
  'CREATE',
  'CONNECT',
  'TEMPORARY',
]);

/** Statements that give owners and rights back to the roles that exist, and the roles that do not. Pure. */
export function grantStatements(grants: readonly GrantRecord[], place: Place): { statements: GrantStatement[]; missing: MissingRole[] } {
  const statements: GrantStatement[] = [];
  const missing = new Map<string, MissingRole>();
  const exists = (role: string, asOwner: boolean): boolean => {
    if (place.roles.has(role)) return true;
    const key = `${role}\0${asOwner}`;
    const entry = missing.get(key) ?? { role, objects: 0, asOwner };
    missing.set(key, { ...entry, objects: entry.objects + 1 });
    return false;
  };
  // Columns last: taking a table's rights away takes those on its columns along.
  const ordered = grants.toSorted((a, b) => Number(a.kind === 'column') - Number(b.kind === 'column'));
  for (const grant of ordered) {
    const target = targetOf(grant, place);
    if (target === null) continue;
    const { relation, on, alter, columns } = target;
    if (place.withOwners && alter !== null && exists(grant.owner, true))
      statements.push({ relation, sql: `ALTER ${alter} OWNER TO ${quoteIdent(grant.owner)}` });
    // Explicit rights stand in place of the defaults, which give PUBLIC something on databases and types.
    if (grant.acl.length > 0 && columns === '') statements.push({ relation, sql: `REVOKE ALL ON ${on} FROM PUBLIC` });
    for (const { grantee, privileges, grantable } of grant.acl) {
      if (grantee === grant.owner || (grantee !== '' && !exists(grantee, false))) continue;
      const give = (words: string[], option: string): void => {
        const list = words.filter((word) => privilegeWords.has(word)).map((word) => word + columns);
        if (list.length > 0)
          statements.push({
            relation,
            sql: `GRANT ${list.join(', ')} ON ${on} TO ${grantee === '' ? 'PUBLIC' : quoteIdent(grantee)}${option}`,
          });
      };
      give(
        privileges.filter((word) => !grantable.includes(word)),
        '',
      );
      give(grantable, ' WITH GRANT OPTION');
    }
  }
  return { statements, missing: [...missing.values()] };
}

interface Target {
  relation: string | null;
  /** What follows GRANT … ON. */
  on: string;
  /** What follows ALTER; null where the owner is another object's. */
  alter: string | null;
  /** ` ("column")` for rights on a column. */
  columns: string;
}

function targetOf(grant: GrantRecord, { home, database, following }: Place): Target | null {
  const name = qualified(home, grant.schema, grant.name);
  switch (grant.kind) {
    case 'database':
      return { relation: null, on: `DATABASE ${quoteIdent(database)}`, alter: `DATABASE ${quoteIdent(database)}`, columns: '' };
    case 'schema': {
      const schema = `SCHEMA ${quoteIdent(grant.schema ?? home)}`;
      return { relation: null, on: schema, alter: schema, columns: '' };
    }
    case 'type':
      return { relation: null, on: `TYPE ${name}`, alter: `TYPE ${name}`, columns: '' };
    case 'sequence':
      return { relation: name, on: `SEQUENCE ${name}`, alter: following.has(name) ? null : `SEQUENCE ${name}`, columns: '' };
    case 'table':
    case 'view':
    case 'materialized view':
      return { relation: name, on: `TABLE ${name}`, alter: `${grant.kind.toUpperCase()} ${name}`, columns: '' };
    case 'column': {
      const [table, , column] = sqlTokens(grant.name) ?? [];
      if (table?.kind !== 'name' || column?.kind !== 'name') return null;
      const relation = qualified(home, grant.schema, table.text);
      return { relation, on: `TABLE ${relation}`, alter: null, columns: ` (${quoteIdent(column.text)})` };
    }
    default:
      return null;
  }
}
