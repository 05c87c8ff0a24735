import type { FixtureName } from '../../support/fixtures.ts';

/** A finding that is true of a fixture: real servers wrote it, or its README says that it was made so. */
export interface TrueFinding {
  code: string;
  where: string;
  count: number;
  /** Why it is there. */
  because: string;
}

/** Everything that the checks find in the fixtures as they are. A finding that is not listed fails, and so does an entry that is not found. */
export const trueOfFixtures: Partial<Record<FixtureName, readonly TrueFinding[]>> = {};
