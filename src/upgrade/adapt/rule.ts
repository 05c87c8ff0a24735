import type { Built } from '../built.ts';
import type { Loss } from '../loss.ts';

/** Values that a release's server refuses when it loads a row, and what they become. Touches no row that it accepts. */
export interface AdaptRule {
  name: string;
  /** Whether the server of that release can refuse such values. */
  applies(release: string): boolean;
  run(built: Built, release: string): Promise<Loss[]>;
}
