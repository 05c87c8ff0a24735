import type { DrillOwner } from '../postgres/build-mark.ts';
import type { Database } from '../postgres/database.ts';
import type { Manifest } from '../vault/manifest.ts';

/** Where a drill can take place. */
export type ThrowawayKind = 'embedded' | 'local' | 'server';

/** A place to restore to that is gone afterwards. */
export interface Throwaway {
  kind: ThrowawayKind;
  /** Where to restore to: empty, or not there yet. */
  database: Database;
  /** Version of PostgreSQL. */
  postgres: string;
  /** The drill's own directory, removed with everything in it. */
  directory: string;
  /** For the mark of a database that others can see. */
  owner: DrillOwner;
  /** How a program of this host reaches the database once it is restored; null: none can (embedded). Holds a password: not to be shown. */
  url: string | null;
  /** Of a server that others use, too, as PostgreSQL tells it; null: it was made for the drill. */
  systemIdentifier: string | null;
  /** Removes all of it. Safe to call twice. @throws LifeboatError drill-not-removed */
  remove(): Promise<void>;
}

/** How a place will be made: told before anything is. */
export interface ThrowawayPlan {
  kind: ThrowawayKind;
  /** What is made, and where: for people. */
  what: string;
  /** @throws LifeboatError where it cannot be made; nothing of it is left then */
  make(snapshot: Manifest, signal: AbortSignal): Promise<Throwaway>;
}
