import type { Revision } from '../letta/catalogue.ts';
import type { LossClass } from './loss.ts';

/**
 * A revision that moves data: one file each in `revisions/`. What it does to the *schema* is known from the catalogue
 * and needs no words here: columns that stay are carried, renamed ones follow, dropped ones are counted as losses, new
 * ones get their default. A step says only what else is to happen. Everything is SQL text over the state before; the
 * chain composes it with all other steps into one statement per table, so that no table is written twice.
 */
export interface RevisionStep {
  revision: string;
  /** From the revision before it to this one. Pure. */
  up?: (state: StateBefore) => Change;
  /** From this revision back to the one before it. Pure. */
  down?: (state: StateBefore) => Change;
}

/** What a step can ask of the state that it starts from. Names are those before the step. */
export interface StateBefore {
  has(table: string, column?: string): boolean;
  /**
   * The rows of a table as a sub-select in parentheses, for FROM: `${state.rows('jobs')} j`. Enum columns are text in
   * it. Name the columns that are needed of a large table: only those are kept at hand. A table that the state does
   * not have is a RangeError: ask `has` first.
   */
  rows(table: string, columns?: readonly string[]): string;
  /**
   * The rows of a query that several statements need, made once under a name of the step's own, before any of them runs.
   * @returns what to write in FROM. The second route to a value shall not go through what the first one prepared
   */
  prepared(name: string, sql: string): string;
  /** Where the whole way ends. */
  to: Revision;
}

export interface Change {
  /**
   * Values computed for columns, by table and column as they are named after the step. SQL over `t`, the row as it
   * was before the step (columns that the step drops included), and over what `join` adds. `join` must not multiply
   * rows: join sub-selects that are unique by the joined columns.
   */
  set?: Record<string, { join?: string; columns: Record<string, string> }>;
  /**
   * What a column that begins here holds in every row that was there, as text, where its default says nothing. Rows
   * still go in as they come, and the proof sees to it that the value is there.
   */
  constants?: Record<string, Record<string, string>>;
  /** Rows that leave a table (name after the step): SQL predicate over `t` as before the step. */
  leave?: Record<string, string>;
  /** Rows that come into a table (name after the step). */
  add?: Record<string, AddedRows[]>;
  /** What the step cannot keep, or keeps in another form: counted by running the SQL. */
  losses?: LossQuery[];
  /** `table` or `table.column` (names before) whose values went elsewhere, so that dropping them loses nothing. */
  moved?: string[];
  /** A second, independent route to every derived value: each query must return no row. */
  checks?: Check[];
}

export interface AddedRows {
  /** FROM clause (without the word), in which `t` is the row that a new row is made of. */
  from: string;
  where?: string;
  /** Values of the new row; columns left out get their default. SQL over the FROM clause. */
  columns: Record<string, string>;
  /**
   * When the new row *is* a row of another table of the snapshot: that table (name before the step), and which columns
   * after the step hold which columns of it unchanged. Those are proven against the snapshot.
   */
  of?: { table: string; carried: Record<string, string> };
  /** Predicate over `t`, a row of the *built* table, that tells these rows from others of that table. */
  marker?: string;
}

export interface LossQuery {
  class: LossClass;
  /** Names before the step. */
  table: string;
  column: string | null;
  reason: string;
  /** SELECT giving one line per row concerned: its key as text, and its agent's id or null. */
  sql: string;
  wayBack?: string;
  /** For `set aside`: the table (name before the step) that is kept whole in the schema for it, because of these rows. */
  keep?: string;
}

export interface Check {
  /** Table and column (names after the step) that this check is the second route for; it is left out when a later step computes them again or drops them. */
  of: { table: string; columns: string[] };
  /**
   * SELECT giving one line per *wrong* row: its key as text, and in words what is wrong. `built(table)` is that table
   * of the built database as a sub-select in parentheses, with the names that it has after the step.
   */
  sql: (built: (table: string) => string) => string;
}
