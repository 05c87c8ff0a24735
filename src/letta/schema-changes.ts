/**
 * How `catalogue/changes.json` says what each Alembic revision of Letta does to the schema. Parts that are empty,
 * null or false are left out of the file. They apply in the order renamed, dropped, changed, added
 * (names are the new ones after a rename).
 */
export interface RevisionChanges {
  enums?: Changes<string[], { name: string; after: string[] }>;
  sequences?: Changes<SequenceFact, never>;
  tables?: {
    added?: Record<string, TableFact>;
    dropped?: string[];
    renamed?: Rename[];
    changed?: Record<string, TableChanges>;
  };
}

interface Changes<Fact, Change> {
  added?: Record<string, Fact>;
  dropped?: string[];
  renamed?: Rename[];
  changed?: Change[];
}

export interface TableChanges {
  columns?: { added?: ColumnFact[]; dropped?: string[]; renamed?: Rename[]; changed?: { name: string; after: Partial<ColumnFact> }[] };
  constraints?: {
    added?: ConstraintFact[];
    dropped?: { kind: ConstraintFact['kind']; name: string }[];
    changed?: { name: string; after: Partial<ForeignKeyFact> }[];
  };
  indexes?: { added?: IndexFact[]; dropped?: string[] };
}

export interface Rename {
  from: string;
  to: string;
}

export interface TableFact {
  columns: ColumnFact[];
  primaryKey?: { name: string; columns: string[] };
  uniques?: UniqueFact[];
  foreignKeys?: ForeignKeyFact[];
  indexes?: IndexFact[];
}

/** `null` only in a change: the default went away. */
export interface ColumnFact {
  name: string;
  type: string;
  notNull?: boolean;
  default?: string | null;
}

export interface UniqueFact {
  name: string;
  columns: string[];
  nullsNotDistinct?: boolean;
  deferrable?: boolean;
  initiallyDeferred?: boolean;
}

export interface ForeignKeyFact {
  name: string;
  columns: string[];
  refTable: string;
  refColumns: string[];
  onDelete?: string;
  onUpdate?: string;
  deferrable?: boolean;
  initiallyDeferred?: boolean;
}

export type ConstraintFact =
  | ({ kind: 'primaryKey' } & { name: string; columns: string[] })
  | ({ kind: 'unique' } & UniqueFact)
  | ({ kind: 'foreignKey' } & ForeignKeyFact);

/** `definition` begins at USING; all of Letta's indexes are btree. */
export interface IndexFact {
  name: string;
  unique?: boolean;
  definition: string;
}

export interface SequenceFact {
  type: string;
  max: string;
  /** `table.column` */
  ownedBy?: string;
}
