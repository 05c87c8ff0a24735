import { type Revision, revisionInfo, revisions } from '../letta/catalogue.ts';
import type { DatabaseModel } from '../schema/model.ts';
import type { Relation } from './relation.ts';
import type { Check, LossQuery, RevisionStep } from './revision-step.ts';
import { Walker } from './walker.ts';

export interface StepChecks {
  check: Check;
  by: string;
  /** Table after the step → its columns by name, as ids. */
  names: Map<string, Map<string, number>>;
}

/** Everything that the way from one revision to another comes to. */
export interface Chain {
  from: Revision;
  to: Revision;
  /** Tables at the end, by name. */
  state: Map<string, Relation>;
  /** Tables of the snapshot that steps read, and which columns. */
  reads: Map<string, Set<string>>;
  /** `rows`: the table to be kept whole, as a sub-select. */
  losses: (LossQuery & { by: string; rows: string | null })[];
  /** Queries whose rows several statements need, in the order in which they are to be run: name of the table → SQL. */
  prepared: Map<string, string>;
  checks: StepChecks[];
  /** `table` or `table.column` of the snapshot whose values a step carried elsewhere. */
  moved: Set<string>;
  /** The steps that had something to do, in order. */
  steps: string[];
  /** Tables and columns that the catalogue knows at the snapshot's revision and the snapshot lacks. */
  lacking: string[];
}

/**
 * Walks from the snapshot's revision to the target's, revision by revision, up or down, and composes what happens to
 * every table into one SELECT. Pure.
 *
 * @param source the snapshot's schema as it really is: columns are taken where they exist, whatever the catalogue says
 * @throws RangeError for revisions that the catalogue does not know
 */
export function walk(source: DatabaseModel, from: string, to: string, steps: readonly RevisionStep[]): Chain {
  const chain: Chain = {
    from: known(from),
    to: known(to),
    state: new Map(),
    reads: new Map(),
    prepared: new Map(),
    losses: [],
    checks: [],
    moved: new Set(),
    steps: [],
    lacking: [],
  };
  const walker = new Walker(chain, source, steps);
  walker.begin();
  const [start, end] = [chain.from.position, chain.to.position];
  for (let position = start; position < end; position++) walker.cross(at(position + 1), 'up', at(position + 1), at(position));
  for (let position = start; position > end; position--) walker.cross(at(position), 'down', at(position - 1), at(position));
  return chain;
}

function known(revision: string): Revision {
  const info = revisionInfo(revision);
  if (info === undefined) throw new RangeError(`no revision ${revision} in the catalogue`);
  return info;
}

function at(position: number): string {
  const found = revisions()[position - 1];
  if (found === undefined) throw new RangeError(`no revision at position ${position}`);
  return found.revision;
}
