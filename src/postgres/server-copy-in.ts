import type { Duplex } from 'node:stream';
import type pg from 'pg';

const copyData = 0x64;
const copyDone = Buffer.from([0x63, 0, 0, 0, 4]);

/**
 * `COPY … FROM STDIN` as a query that pg.Client can run. Chunks go to the socket as they are. (The writable stream of
 * pg-copy-streams throws out of an event handler when the server refuses a row while chunks wait in it.)
 */
export class CopyIn {
  readonly #sql: string;
  readonly #accepted = Promise.withResolvers<void>();
  readonly #done = Promise.withResolvers<number>();
  #connection: (pg.Connection & { sendCopyFail(reason: string): void }) | null = null;
  #rows = 0;
  #wake: (() => void) | null = null;
  /** What the server or the connection said, if anything went wrong there. */
  failure: unknown = null;

  constructor(sql: string) {
    this.#sql = sql;
    for (const promise of [this.#accepted.promise, this.#done.promise]) promise.catch(() => {});
  }

  /** The server waits for chunks. */
  get accepted(): Promise<void> {
    return this.#accepted.promise;
  }

  /** The server has everything, and is ready for the next statement. @returns rows loaded */
  get done(): Promise<number> {
    return this.#done.promise;
  }

  /**
   * Resolves when the chunk has left: its memory may be used for something else then, and not before.
   * @throws what the server said meanwhile
   */
  async write(chunk: Buffer): Promise<void> {
    const header = Buffer.allocUnsafe(5);
    header[0] = copyData;
    header.writeUInt32BE(chunk.length + 4, 1);
    const socket = this.#socket();
    const left = Promise.withResolvers<void>();
    this.#wake = left.resolve;
    socket.cork();
    socket.write(header);
    // Also called when the connection is gone; that is told by `failure`. What the server says is heard in between,
    // however fast it takes what it is sent.
    socket.write(chunk, () => setImmediate(left.resolve));
    socket.uncork();
    await left.promise;
    if (this.failure !== null) throw this.failure;
  }

  end(): void {
    this.#socket().write(copyDone);
  }

  /** Makes the server drop what it has; waits until it said so. */
  async fail(reason: string): Promise<void> {
    this.#connection?.sendCopyFail(reason);
    await this.#done.promise.catch(() => {});
  }

  #socket(): Duplex {
    if (this.#connection === null) throw new Error('the COPY has not begun');
    return this.#connection.stream;
  }

  // What pg.Client calls:

  submit(connection: pg.Connection): void {
    this.#connection = connection as pg.Connection & { sendCopyFail(reason: string): void };
    connection.query(this.#sql);
  }

  handleCopyInResponse(): void {
    this.#accepted.resolve();
  }

  handleCommandComplete(message: { text?: string }): void {
    this.#rows = Number(/^COPY (\d+)/.exec(message.text ?? '')?.[1] ?? 0);
  }

  handleReadyForQuery(): void {
    this.#accepted.resolve();
    this.#done.resolve(this.#rows);
  }

  handleError(error: unknown): void {
    this.failure ??= error;
    this.#wake?.();
    this.#accepted.reject(error);
    this.#done.reject(error);
  }
}
