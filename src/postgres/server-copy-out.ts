import type { Duplex } from 'node:stream';
import type pg from 'pg';

const code = { copyData: 0x64, copyDone: 0x63, copyOutResponse: 0x48, notice: 0x4e, notification: 0x41, parameterStatus: 0x53 };
const headerLength = 5;

/** Full pieces that may wait for the reader while the next one is filled. */
const waitingAtMost = 1;

/**
 * `COPY … TO STDOUT` as a query that pg.Client can run. It reads the socket itself and puts the rows' bytes into memory that
 * the caller gives, without an object for every row in between; what is not rows goes back to pg.
 */
export class CopyOut {
  /** Called whenever bytes arrive. */
  onBytes: () => void = () => {};
  readonly #sql: string;
  readonly #take: () => Buffer;
  readonly #ready = Promise.withResolvers<void>();
  #stream: Duplex | null = null;
  #usual: ((chunk: Buffer) => void) | null = null;
  /** What is being filled, and how far. */
  #memory: Buffer | null = null;
  #filled = 0;
  #full: Buffer[] = [];
  #wake: (() => void) | null = null;
  #ended = false;
  #failure: unknown = null;
  /** The header of a message that lies in two chunks. */
  readonly #header = Buffer.alloc(headerLength);
  #headerSeen = 0;
  /** Bytes of the message that are still to come, and whether they are rows. */
  #left = 0;
  #isRows = false;

  constructor(sql: string, take: () => Buffer) {
    [this.#sql, this.#take] = [sql, take];
    this.#ready.promise.catch(() => {});
  }

  /** The session may run its next statement. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** The next piece: memory that was taken, or what was filled of it; null behind the last one. */
  async next(): Promise<Buffer | null> {
    for (;;) {
      const full = this.#full.shift();
      if (full) {
        if (this.#full.length < waitingAtMost && this.#usual) this.#stream?.resume();
        return full;
      }
      if (this.#failure !== null) throw this.#failure;
      if (this.#ended) return this.#rest();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #rest(): Buffer | null {
    const rest = this.#filled === 0 ? null : (this.#memory?.subarray(0, this.#filled) ?? null);
    [this.#memory, this.#filled] = [null, 0];
    return rest;
  }

  #receive = (chunk: Buffer): void => {
    this.onBytes();
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const end = Math.min(chunk.length, at + this.#left);
        this.#left -= end - at;
        if (this.#isRows) this.#append(chunk, at, end);
        at = end;
        continue;
      }
      const from = at;
      let header = chunk;
      if (this.#headerSeen === 0 && chunk.length - at >= headerLength) at += headerLength;
      else {
        const copied = chunk.copy(this.#header, this.#headerSeen, at, at + headerLength - this.#headerSeen);
        at += copied;
        this.#headerSeen += copied;
        if (this.#headerSeen < headerLength) break;
        this.#headerSeen = 0;
        header = this.#header;
      }
      const start = header === chunk ? from : 0;
      const kind = header[start];
      this.#left = header.readUInt32BE(start + 1) - 4;
      this.#isRows = kind === code.copyData;
      if (this.#isRows || kind === code.copyOutResponse || kind === code.notice || kind === code.notification) continue;
      if (kind === code.parameterStatus) continue;
      // The end of the rows, or an error instead of them: everything from here on is pg's.
      const rest = chunk.subarray(at);
      this.#handBack(kind === code.copyDone ? rest : Buffer.concat([header.subarray(start, start + headerLength), rest]));
      return;
    }
    // A socket's chunk is nobody else's. V8 would leave it lying until it collects, and it collects late.
    if (chunk.buffer instanceof ArrayBuffer && chunk.buffer.byteLength > 2 * Buffer.poolSize) chunk.buffer.transfer(0);
    if (this.#full.length >= waitingAtMost) this.#stream?.pause();
  };

  #append(chunk: Buffer, from: number, to: number): void {
    while (from < to) {
      this.#memory ??= this.#take();
      const copied = chunk.copy(this.#memory, this.#filled, from, to);
      from += copied;
      this.#filled += copied;
      if (this.#filled < this.#memory.length) continue;
      this.#full.push(this.#memory);
      [this.#memory, this.#filled] = [null, 0];
      this.#wakeUp();
    }
  }

  #handBack(rest: Buffer): void {
    const [stream, usual] = [this.#stream, this.#usual];
    if (stream === null || usual === null) return;
    this.#usual = null;
    stream.off('data', this.#receive).on('data', usual);
    if (rest.length > 0) usual(rest);
    stream.resume();
  }

  #wakeUp(): void {
    this.#wake?.();
    this.#wake = null;
  }

  // What pg.Client calls:

  submit(connection: pg.Connection): void {
    const stream = connection.stream as Duplex;
    const [usual] = stream.listeners('data') as ((chunk: Buffer) => void)[];
    if (!usual) throw new Error('nobody listens to the connection');
    [this.#stream, this.#usual] = [stream, usual];
    stream.off('data', usual).on('data', this.#receive);
    connection.query(this.#sql);
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#ended = true;
    this.#ready.resolve();
    this.#wakeUp();
  }

  handleError(error: unknown): void {
    this.#failure ??= error;
    this.#ready.reject(error);
    this.#handBack(Buffer.alloc(0));
    this.#wakeUp();
  }
}
