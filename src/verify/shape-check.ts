import { isRead } from '../letta/accepted-values.ts';
import { readable } from '../letta/json-sql.ts';
import { isSince } from '../letta/serving-release.ts';
import { formatCountOf } from '../report/format.ts';
import { qualified, quoteIdent } from '../schema/model.ts';
import { type Check, type CheckContext, has } from './check.ts';
import type { Finding } from './finding.ts';
import { findingOf, findRows, someOf } from './found-rows.ts';

/** A JSON column, and SQL of a text[] that says what the release's server finds wrong with its value. */
export interface ShapePlace {
  table: string;
  column: string;
  /** @param json SQL expression of the value as jsonb; NULL where the column is */
  problems: (json: string) => string;
}

type Described = Omit<Check, 'run' | 'group'> & {
  /** What a server of that release does. */
  why: (release: string) => string;
  repair: string;
};

/**
 * A check for JSON values that the server's models do not take. Nothing is found at a release whose models nobody has read (before 0.11.0): `shapes-unread` says so.
 * @param places those that the release has; tables and columns that the database lacks are passed over
 */
export function shapeCheck({ places, why, repair, ...check }: Described & { places: (release: string) => readonly ShapePlace[] }): Check {
  return {
    ...check,
    group: 'shapes',
    run: async (context) => {
      const { release } = context;
      if (release === null || !isRead(release)) return [];
      const findings: Finding[] = [];
      for (const place of places(release)) findings.push(...(await refusedIn(context, release, place, check, why(release), repair)));
      return findings;
    },
  };
}

async function refusedIn(
  context: CheckContext,
  release: string,
  { table, column, problems }: ShapePlace,
  check: Pick<Check, 'code' | 'severity'>,
  why: string,
  repair: string,
): Promise<Finding[]> {
  if (!has(context, table, 'id', column)) return [];
  // `offset 0` keeps each expression from being worked out once per mention; jsonb is parsed once, json at every look.
  const found = await findRows(
    context.session,
    `select t.id::text as id, array_to_string(w.what, ', ') as what
       from ${qualified(context.home, null, table)} t
      cross join lateral (select (${readable(`t.${quoteIdent(column)}`)})::jsonb as json offset 0) v
      cross join lateral (select ${problems('v.json')} as what offset 0) w
      where cardinality(w.what) > 0 and ${loaded(context, table)}`,
  );
  return findingOf(check, found, (rows) => ({
    where: `${table}.${column}`,
    message: `${formatCountOf(found.count, 'row')} of ${table} with ${column} that Letta ${release} does not take as it is: ${someOf(rows, 'what')}`,
    why,
    repair,
  }));
}

/** SQL condition over the row `t`: the server loads it. Soft-deleted messages are passed over since 0.16, providers always; all else is loaded. */
export function loaded(context: Pick<CheckContext, 'model' | 'release'>, table: string): string {
  const passedOver = table === 'providers' || (table === 'messages' && context.release !== null && isSince(context.release, '0.16.0'));
  return passedOver && has(context, table, 'is_deleted') ? 'not coalesce(t.is_deleted, false)' : 'true';
}
