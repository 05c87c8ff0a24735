import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { LifeboatError } from '../report/errors.ts';
import { connectionError, isServerError } from './connection-errors.ts';
import type { Session, TextRow } from './database.ts';
import { CopyIn } from './server-copy-in.ts';
import { CopyOut } from './server-copy-out.ts';
import { Watchdog } from './server-watchdog.ts';

/** pg.Client with what its types leave out. */
export interface ConnectedClient extends pg.Client {
  processID: number | null;
}

export interface SessionOptions {
  /** The database for messages; no password. */
  label: string;
  /** Milliseconds without a byte after which a COPY is given up. */
  idleDeadline: number;
  /** Another session like this one. */
  another(): Promise<ServerSession>;
}

/** Bytes of rows that a reader gets, or that the server is sent, at a time. */
const pieceSize = 256 * 1024;

/** Before the first byte, and behind the last, a server may work for a long time: sort, wait for a lock, write. */
const patientFactor = 6;

/** A session on a server: one backend. Statements are to be awaited one after the other. */
export class ServerSession implements Session {
  readonly another: () => Promise<ServerSession>;
  readonly #client: ConnectedClient;
  readonly #label: string;
  readonly #idleDeadline: number;
  /** Why the session is over, once it is. */
  #over: LifeboatError | null = null;
  #closing: Promise<void> | null = null;

  constructor(client: ConnectedClient, options: SessionOptions) {
    this.#client = client;
    this.#label = options.label;
    this.#idleDeadline = options.idleDeadline;
    this.another = options.another;
    // Without a listener a lost connection would end the process.
    client.on('error', (error) => {
      this.#over ??= connectionError(error, this.#label, 'session');
    });
    client.on('end', () => {
      this.#over ??= this.#lost('it was closed');
    });
  }

  /** The database for messages. */
  get label(): string {
    return this.#label;
  }

  /** The backend's process as the login named it; a pooler makes up its own. */
  get announcedBackend(): number | null {
    return this.#client.processID;
  }

  async query(sql: string, values: readonly (string | number | boolean | null)[] = []): Promise<TextRow[]> {
    this.#throwIfOver();
    try {
      // Only without values may a text hold several statements; the last one's rows are the answer then.
      const result: pg.QueryResult<TextRow> | pg.QueryResult<TextRow>[] = await (values.length > 0
        ? this.#client.query(sql, [...values])
        : this.#client.query(sql));
      return (Array.isArray(result) ? result.at(-1)?.rows : result.rows) ?? [];
    } catch (error) {
      throw this.#explain(error);
    }
  }

  async *copyOut(sql: string, take = () => Buffer.allocUnsafeSlow(pieceSize)): AsyncGenerator<Buffer> {
    this.#throwIfOver();
    const copy = new CopyOut(sql, take);
    const watchdog = this.#watchdog();
    let reusable = false;
    try {
      watchdog.watch(this.#idleDeadline * patientFactor);
      copy.onBytes = () => watchdog.watch(this.#idleDeadline);
      this.#client.query(copy);
      for (let piece = await copy.next(); piece !== null; piece = await copy.next()) {
        copy.onBytes = () => {};
        watchdog.rest();
        yield piece;
        this.#throwIfOver();
        watchdog.watch(this.#idleDeadline);
        copy.onBytes = () => watchdog.watch(this.#idleDeadline);
      }
      // Ready for its next statement only after the server's last word, which follows the rows.
      await copy.ready;
      reusable = true;
    } catch (error) {
      reusable = isServerError(error);
      throw this.#explain(error);
    } finally {
      watchdog.stop();
      // A half-read COPY cannot be ended politely: the rest of it would have to be read first.
      if (!reusable) this.abort();
    }
  }

  async copyIn(sql: string, chunks: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<number> {
    this.#throwIfOver();
    const copy = new CopyIn(sql);
    const watchdog = this.#watchdog();
    try {
      watchdog.watch(this.#idleDeadline * patientFactor);
      this.#client.query(copy);
      await copy.accepted;
      watchdog.rest();
      for await (const chunk of chunks) {
        if (copy.failure !== null) throw copy.failure;
        // In pieces: a slow line that takes a chunk of megabytes bit by bit has not stalled.
        for (let from = 0; from < chunk.length; from += pieceSize) {
          watchdog.watch(this.#idleDeadline);
          await copy.write(chunk.subarray(from, from + pieceSize));
          watchdog.rest();
        }
      }
      watchdog.watch(this.#idleDeadline * patientFactor);
      copy.end();
      return await copy.done;
    } catch (error) {
      if (copy.failure !== null) throw this.#explain(copy.failure);
      watchdog.watch(this.#idleDeadline);
      await copy.fail(error instanceof Error ? error.message : String(error));
      throw error;
    } finally {
      watchdog.stop();
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  abort(): void {
    this.#giveUp(this.#lost('it was given up'));
  }

  async #close(): Promise<void> {
    if (this.#over !== null) return;
    // A dead peer never answers a farewell.
    const timeout = new AbortController();
    await Promise.race([
      this.#client.end().catch(() => {}),
      sleep(5000, undefined, { signal: timeout.signal, ref: false }).catch(() => {}),
    ]);
    timeout.abort();
    this.#giveUp(this.#lost('it was closed'));
  }

  #giveUp(reason: LifeboatError): void {
    this.#over ??= reason;
    this.#client.connection.stream.destroy();
  }

  #watchdog(): Watchdog {
    return new Watchdog(Math.max(10, this.#idleDeadline / 8), (seconds) => {
      this.#giveUp(new LifeboatError('connection-stalled', { database: this.#label, seconds }));
    });
  }

  #throwIfOver(): void {
    if (this.#over !== null) throw this.#over;
  }

  /** The first reason is the true one: what fails afterwards only says that the connection is gone. */
  #explain(error: unknown): LifeboatError {
    return isServerError(error)
      ? connectionError(error, this.#label, 'session')
      : (this.#over ?? connectionError(error, this.#label, 'session'));
  }

  #lost(reason: string): LifeboatError {
    return new LifeboatError('connection-lost', { database: this.#label, reason });
  }
}
