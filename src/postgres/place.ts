import type { Database } from './database.ts';

/** A database among those that stand beside it. */
export interface Neighbour {
  name: string;
  /** What is kept with the database and moves with it: a server keeps it as the database's COMMENT. */
  note: string | null;
  /** Whether it lets anybody connect. */
  connectable: boolean;
  /** Whether this login may rename it and shut it off. */
  mine: boolean;
  /** null where there are no roles (embedded). */
  owner: string | null;
  /** CONNECTION LIMIT; -1 is none. */
  limit: number;
  /** Settings that roles have in this very database. */
  roleSettings: string[];
}

/** Somebody else's session. */
export interface Connection {
  database: string;
  application: string;
  user: string;
  pid: number;
}

/**
 * A name that changes hands: `incoming` gets `name`, and what has that name now becomes `outgoing`. Kept durably from
 * the moment when connections go off until both names are exchanged, so that whoever comes next can undo it.
 */
export interface Exchange {
  id: string;
  time: string;
  name: string;
  incoming: string;
  /** null: nothing has the name now. */
  outgoing: string | null;
  /** As both were found, to be put back. */
  before: {
    incoming: { note: string | null; connectable: boolean };
    outgoing: { note: string | null; connectable: boolean } | null;
  };
}

/** The notes that both have when the names are exchanged. */
export interface NotesAfter {
  incoming: string | null;
  outgoing: string | null;
}

/**
 * Where databases stand beside each other: a server, or a directory of embedded ones. What is done to several databases
 * at once is done here, from outside all of them; the others are never opened.
 */
export interface Place {
  /** One exchange at a time. Ends with `close`. @throws LifeboatError switch-running */
  claim(): Promise<void>;
  databases(): Promise<Neighbour[]>;
  database(name: string): Database;
  /** The login's role, and the right to rename databases that it lacks; null when nothing is missing. */
  missingRight(databases: readonly Neighbour[]): Promise<{ role: string; right: string; remedy: string } | null>;
  /** Sessions of others in these databases; `own` are ours, by their backends' numbers. */
  connections(names: readonly string[], own: readonly number[]): Promise<Connection[]>;
  /** An exchange of this name that began and did not end. */
  unfinished(name: string): Promise<Exchange | null>;
  /** Makes the intention durable and shuts both databases off. */
  begin(exchange: Exchange): Promise<void>;
  /** Exchanges the names, lets connections in again, leaves the notes. */
  complete(exchange: Exchange, after: NotesAfter): Promise<void>;
  /** Puts everything back as it was. `finished`: both names were exchanged already, so there was nothing to undo. */
  undo(exchange: Exchange): Promise<'undone' | 'finished'>;
  drop(name: string): Promise<void>;
  /** Bytes; null where this login may not ask. */
  size(name: string): Promise<number | null>;
  close(): Promise<void>;
}
