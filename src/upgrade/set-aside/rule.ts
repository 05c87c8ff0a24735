import type { Revision } from '../../letta/catalogue.ts';
import type { Built } from '../built.ts';
import type { Loss } from '../loss.ts';

/** Rows that the target's server refuses, deletes or fails on, and what becomes of them. */
export interface SetAsideRule {
  name: string;
  /** Whether the target's server is one that the rule is about. */
  applies(to: Revision): boolean;
  run(built: Built): Promise<Loss[]>;
}
