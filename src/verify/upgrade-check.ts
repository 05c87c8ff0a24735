import { revisionInfo } from '../letta/catalogue.ts';
import { formatCountOf } from '../report/format.ts';
import { qualified } from '../schema/model.ts';
import { type Check, has } from './check.ts';
import type { Finding } from './finding.ts';
import { findingOf, findRows } from './found-rows.ts';

/** Rows with which one of Letta's own migrations does not get on. */
export interface UpgradePlace {
  /** The migration. Only databases before it are concerned. */
  revision: string;
  table: string;
  /** Column that the condition names. */
  column?: string;
  /** SQL condition over the row `t`; every row where there is none. */
  condition?: string;
  /** What such a row is called: for one, and for several. */
  called: readonly [one: string, several: string];
}

/**
 * A check for what a server of a newer release would do to this database: it migrates what it finds before it starts.
 * Nothing is found from the migration on, nor where the table is not there yet.
 */
export function upgradeCheck({
  places,
  what,
  why,
  repair,
  ...check
}: Omit<Check, 'run' | 'group'> & {
  places: readonly UpgradePlace[];
  /** What becomes of the rows: the end of a sentence that begins with how many there are. */
  what: string;
  why: string;
  repair: string;
}): Check {
  return {
    ...check,
    group: 'upgrade',
    run: async (context) => {
      const findings: Finding[] = [];
      for (const { revision, table, column = 'id', condition = 'true', called } of places) {
        if (!isBefore(context.revision, revision) || !has(context, table, 'id', column)) continue;
        const found = await findRows(
          context.session,
          `select t.id::text as id from ${qualified(context.home, null, table)} t where ${condition}`,
        );
        findings.push(
          ...findingOf(check, found, () => ({
            where: table,
            message: `${formatCountOf(found.count, ...called)} ${what}`,
            why,
            repair,
          })),
        );
      }
      return findings;
    },
  };
}

/** Without a revision nobody knows which migrations are still to come. */
function isBefore(here: { position: number } | null, migration: string): boolean {
  const position = revisionInfo(migration)?.position;
  if (position === undefined) throw new RangeError(`no revision ${migration} in the catalogue`);
  return here !== null && here.position < position;
}
