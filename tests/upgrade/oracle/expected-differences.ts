import type { LettaRelease } from '../../support/letta-installations.ts';

/** A way in which Lifeboat's result is meant to differ from what Letta's own migrations make of the same database. */
export interface ExpectedDifference {
  /** Targets at which it is there. */
  at: LettaRelease[];
  table: string;
  /** `only ours`, `only upstream`: whole rows. `value`: a column of rows that both have. */
  kind: 'only ours' | 'only upstream' | 'value';
  column?: string;
  /** Which rows: SQL over `t`, a row of that side. For a value both sides may be asked. */
  ours?: string;
  upstream?: string;
  /** Exactly so many. */
  count: number;
  /** Why ours is right. */
  because: string;
}

export const expectedDifferences: readonly ExpectedDifference[] = [];
