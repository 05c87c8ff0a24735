import type { DatabaseModel, ForeignKeyModel, TableModel } from '../schema/model.ts';
import type { Chain } from './chain.ts';

/** How one of Letta's tables at the target gets its rows. */
export type TableLoad =
  /** Tuples of the snapshot's table go in as they come, some fields left out, some constants added. */
  | { kind: 'direct'; base: string; columns: { name: string; from: string | { constant: Buffer } }[] }
  /** Statements over the staged tables. `required`: columns without which a row cannot stand at the target. */
  | { kind: 'computed'; selects: string[]; columns: string[]; required: string[]; bases: string[] }
  | { kind: 'empty' };

export interface TablePlan {
  name: string;
  load: TableLoad;
}

/** A table of the snapshot that statements read: loaded as it was, or seen through the table that it became. */
export interface SourcePlan {
  base: string;
  columns: { name: string; type: string }[];
  /** null: load it; else the table that it became, and what to select from it (alias `t`) to have the same rows. */
  view: { table: string; list: string } | null;
}

/** Where the rows of one table of the snapshot are in the built database. */
export interface CarryRoute {
  table: string;
  marker: string | null;
  /** Column of the snapshot → column of the built table. */
  columns: Map<string, string>;
}

export interface CarryPlan {
  /** The snapshot's table. */
  base: string;
  routes: CarryRoute[];
  /** Columns that every route carries, in the snapshot's order. */
  columns: string[];
}

/** Columns of a built table that must hold one known value in the rows of a branch. */
export interface ConstantPlan {
  table: string;
  marker: string | null;
  columns: { name: string; text: string | null }[];
}

/** A key of one of Letta's tables that allows one row with the same values. */
export interface UnguardedUnique {
  table: string;
  name: string;
  columns: string[];
  nullsNotDistinct: boolean;
}

/** A foreign key of the target that rows of the snapshot may contradict. */
export interface UnguardedKey {
  /** One of Letta's tables at the target. */
  table: string;
  key: ForeignKeyModel;
}

export interface PlannedDrop {
  table: string;
  column: string | null;
  reason: string;
}

export interface UpgradePlan {
  chain: Chain;
  /** The schema to build: the catalogue's at the target, and tables of the user's own as they are. */
  model: DatabaseModel;
  /** Letta's tables. */
  tables: TablePlan[];
  /** The user's own tables (objectKey), loaded as they are. */
  own: TableModel[];
  sources: SourcePlan[];
  carries: CarryPlan[];
  constants: ConstantPlan[];
  /** Columns and tables of the snapshot that the target has no place for, unless a step carried them elsewhere. */
  drops: PlannedDrop[];
  /** Foreign keys of Letta's tables that no valid one of the snapshot's vouches for. */
  unguarded: UnguardedKey[];
  /** Keys of the target that rows of the snapshot may contradict by being there twice. */
  unguardedUniques: UnguardedUnique[];
  notes: string[];
  /** Definitions on Letta's tables that somebody else made and that the target is built without. */
  left: string[];
  /** Tables of the user's own that stand where the target has one of Letta's, with columns of other types. */
  inTheWay: string[];
}
