import type { Revision } from '../letta/catalogue.ts';
import type { Session } from '../postgres/database.ts';
import type { DatabaseModel } from '../schema/model.ts';

/**
 * The database that is being built at another release, as the passes see it that run when all rows are in and neither
 * constraints nor indexes exist yet. Tables of Letta are in `home`; `search_path` leads there.
 */
export interface Built {
  session: Session;
  /** Real name of the schema that holds Letta's tables. */
  home: string;
  /** The target's schema as it is being built: the catalogue's at `to`. */
  model: DatabaseModel;
  /** Revision of the snapshot. */
  from: Revision;
  /** Revision that is built. */
  to: Revision;
}

/**
 * Temporary schema in the built database, dropped when the proof is done: the snapshot's tables that a step needs,
 * and the log of values that a pass altered (`alterations.ts`).
 */
export const sourceSchema = 'lifeboat_source';
