import type { LifeboatError } from './errors.ts';
import type { Reporter, Warning } from './progress.ts';

/** Fields of a JSON line. Names are a contract: docs/json-output.md. */
export type Fields = Record<string, unknown>;

/** `label   text` */
export type Fact = readonly [label: string, text: string];

/** What is going to be done, before it is done. */
export interface PlanView {
  fields: Fields;
  title: string;
  facts: Fact[];
  steps: string[];
  notes: Warning[];
  /** Why it cannot be done, in full sentences; each with what to do about it. */
  refusals: { message: string; next: string }[];
}

export interface TableRow {
  cells: readonly string[];
  /** Sentences that say more than fits into a column: for people, each on a line of its own under the row. */
  below?: readonly string[];
  tone?: Tone;
}

export interface TableColumn {
  title: string;
  align?: 'left' | 'right';
  /** What stands there is copied, so it is never broken, however narrow the terminal is. */
  whole?: boolean;
  /** On a terminal that is too narrow for all. */
  short?: { title: string; cell: (text: string) => string };
  /** It can be left out where that is not enough, the column with the lowest number first. */
  spare?: number;
}

/** Rows of one kind; each also is one JSON line of the type `type`. */
export interface TableView {
  type: string;
  columns: readonly TableColumn[];
  rows: readonly (TableRow & { fields: Fields })[];
  /** What people are shown instead, where that is fewer: rows that say the same of different things, as one. */
  forPeople?: readonly TableRow[];
  /** What stands below the rows holds values of the database: it is not for a log that goes elsewhere. */
  confidential?: boolean;
  /** --quiet leaves it out: the summary says it in short. */
  detail?: boolean;
  /** Shown when there are no rows. */
  empty: string;
}

export type Tone = 'good' | 'warning' | 'bad';

/** How it ended. */
export interface SummaryView {
  fields: Fields;
  tone: Tone;
  title: string;
  facts: Fact[];
  /** Seconds per phase. */
  timings?: Record<string, number>;
  warnings?: readonly Warning[];
  /** Commands to go on with. */
  next?: readonly string[];
  /** The summary is what was asked for (`status`, `show`), so that --quiet shows it too. */
  essential?: boolean;
}

/**
 * A text that is asked for as it is (an emergency kit, an exported key), and the end of the verb that gives it. The one
 * thing that is not redacted.
 */
export interface DocumentView {
  type: string;
  text: string;
  /** Of the summary that ends JSON lines. */
  fields: Fields;
}

/**
 * Where commands tell what they do; they never print. Three stand behind it: a terminal, plain lines, JSON lines.
 * Results go to stdout, what happens on the way to stderr.
 */
export interface Output {
  readonly reporter: Reporter;
  plan(view: PlanView): void;
  table(view: TableView): void;
  document(view: DocumentView): void;
  summary(view: SummaryView): void;
  error(error: LifeboatError): void;
  /** Clears away what moves (a progress bar), so that a prompt or the end finds a clean line. */
  settle(): void;
}

/** A stream to write to; it says by itself whether it takes colours. */
export type Sink = NodeJS.WritableStream;

export interface OutputOptions {
  stdout: Sink;
  stderr: Sink;
  quiet: boolean;
  verbose: boolean;
}
