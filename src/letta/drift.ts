import { compareSchemas, type DriftFinding } from '../schema/compare.ts';
import type { DatabaseModel } from '../schema/model.ts';
import { revisionInfo, schemaAt } from './catalogue.ts';

/**
 * What a database's schema has that the catalogue at its revision has not, and the other way round. A revision that the
 * catalogue does not know, or none, or several, has nothing to be compared with: the answer is empty then, and whoever
 * asks has to look at the revision first.
 */
export function driftFromCatalogue(model: DatabaseModel, revisions: readonly string[]): DriftFinding[] {
  const [revision] = revisions;
  if (revisions.length !== 1 || revision === undefined || !revisionInfo(revision)) return [];
  return compareSchemas(schemaAt(revision), model);
}
