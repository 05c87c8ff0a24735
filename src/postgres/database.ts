/**
 * The one port behind which a PostgreSQL database stands. Two adapters: a server (`pg`), and embedded PGlite in
 * this process. Nothing outside this room knows which one it has; what differs is said by `capabilities`.
 */
export interface Database {
  readonly kind: 'server' | 'embedded';
  /** Name of the database (for embedded: of the directory). */
  readonly name: string;
  /** For people and reports: no password, ever. */
  readonly label: string;
  readonly capabilities: {
    /** How many sessions may be open at once; embedded: 1. */
    sessions: number;
    /** Whether one session's snapshot can be used by others (pg_export_snapshot). */
    sharedSnapshots: boolean;
    /** Whether other databases can be created, commented, renamed by SQL from a sibling. */
    createDatabase: boolean;
  };
  /** Opens a session. @throws LifeboatError database-unreachable, wrong-password, no-such-database, … */
  connect(): Promise<Session>;
  /** The same server (or parent directory), another database. */
  sibling(name: string): Database;
  /** Ends everything that the adapter keeps (pools, the embedded engine). Sessions are closed by their owners. */
  close(): Promise<void>;
}

/** A row as text: PostgreSQL's own text output per column, or null. Booleans are 't' / 'f'. */
export type TextRow = Record<string, string | null>;

export interface Session {
  /** One statement, values as parameters ($1…). Every value comes back as PostgreSQL's text, so adapters cannot differ. */
  query(sql: string, values?: readonly (string | number | boolean | null)[]): Promise<TextRow[]>;
  /**
   * `COPY … TO STDOUT`: the bytes in chunks of any size, with backpressure. A chunk is the receiver's to keep.
   * Leaving the loop early aborts the session (a half-read COPY cannot be re-used). `take` gives memory to fill; an
   * adapter that can fills it and hands it over, the last piece in part.
   */
  copyOut(sql: string, take?: () => Buffer): AsyncIterable<Buffer>;
  /**
   * `COPY … FROM STDIN`. @returns rows loaded. An error thrown by `chunks` fails the COPY and is re-thrown. The next chunk
   * is asked for only when the one before is not needed any more: chunks may lie in memory that is used again.
   */
  copyIn(sql: string, chunks: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<number>;
  /** Ends the session politely. Safe to call twice. */
  close(): Promise<void>;
  /** Ends it at once, whatever it is doing. Safe to call at any time. */
  abort(): void;
}
