import type { OtherObject } from '../schema/model.ts';
import { bySchemaAndName } from '../schema/order.ts';
import type { Session } from './database.ts';
import { otherCatalogueObjects } from './other-catalogue-objects.ts';
import { otherRelations } from './other-relations.ts';
import { otherRoutinesAndTypes } from './other-routines-and-types.ts';
import { otherTableFeatures } from './other-table-features.ts';

/**
 * One query that lists things which DatabaseModel does not say, with the columns schema, name, definition and, where the
 * query finds more than one kind, kind. Runs with names rendered relative to home, whose real name is $1 where asked for.
 */
export interface OtherObjectQuery {
  kind?: string;
  phase: OtherObject['phase'];
  sql: string;
  /** Whether the query has the parameter $1. */
  needsHome?: boolean;
}

/**
 * Everything of the user's that the model does not say, so that nothing is ever missing without a word: what
 * warnings come from. A database that Letta made has none of it (catalogue: checked at every revision).
 * In the order in which definitions are best run; those of one phase may still need one another, so whoever runs
 * them tries again what failed for as long as something succeeds.
 */
export async function readOthers(session: Session, home: string): Promise<OtherObject[]> {
  const others: (OtherObject & { rank: number })[] = [];
  const queries = [...otherRoutinesAndTypes, ...otherRelations, ...otherTableFeatures, ...otherCatalogueObjects];
  for (const [rank, { kind, phase, sql, needsHome }] of queries.entries()) {
    for (const row of await session.query(sql, needsHome ? [home] : [])) {
      const schema = row.schema == null || row.schema === home ? null : row.schema;
      others.push({ rank, kind: row.kind ?? kind ?? '', schema, name: row.name ?? '', definition: row.definition ?? null, phase });
    }
  }
  return others.sort((a, b) => a.rank - b.rank || bySchemaAndName(a, b)).map(({ rank: _, ...other }) => other);
}
