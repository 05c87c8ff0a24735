import type { Check } from '../check.ts';
import { secretInClear } from './secret-in-clear.ts';
import { secretLookalike } from './secret-lookalike.ts';
import { secretOnlyInClear } from './secret-only-in-clear.ts';
import { secretUnchecked } from './secret-unchecked.ts';
import { secretUnreadable } from './secret-unreadable.ts';

/** Secrets, work that was under way, and what lies outside the database. */
export const stateChecks: readonly Check[] = [secretUnreadable, secretOnlyInClear, secretLookalike, secretUnchecked, secretInClear];
