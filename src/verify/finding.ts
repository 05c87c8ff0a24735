import type { Change } from './change.ts';

/** One thing that is wrong, or worth knowing, about a database. */
export interface Finding {
  /** Stable, kebab-case. */
  code: string;
  /** `error`: a server fails on it, or shows something else; `warning`: something is lost or will go wrong; `note`: worth knowing. */
  severity: 'error' | 'warning' | 'note';
  /** Table, table.column, or another object. */
  where: string;
  /** What is found, with figures: a sentence. */
  message: string;
  /** Primary keys of the rows concerned, at most `idsShown` of `count`, in ascending order; empty for schema objects. */
  ids: readonly string[];
  /** How many rows are concerned; 0 for schema objects. */
  count: number;
  /** What a server of this release would do about it: a sentence. */
  why: string;
  /** SQL, a command or a sentence that would mend it; null: nothing needs to be done, or nothing can be. */
  repair: string | null;
  /** What `verify DB --repair` would change, row by row; empty: it cannot mend this. */
  changes: readonly Change[];
}

/** So many ids are kept in a finding. */
export const idsShown = 20;
/** A finding that needs more changes than this is not mended by `--repair`: it gives advice only. */
export const changesAllowed = 10_000;
