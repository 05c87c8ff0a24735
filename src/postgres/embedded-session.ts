import type { PGlite } from '@electric-sql/pglite';
import { LifeboatError } from '../report/errors.ts';
import { connectionError } from './connection-errors.ts';
import type { Session, TextRow } from './database.ts';

const blobSlice = 1024 * 1024;

/**
 * A session on the embedded engine's only backend. COPY goes through the engine's `/dev/blob`, so a whole table is held
 * in memory: the engine holds its database there anyway.
 */
export class EmbeddedSession implements Session {
  readonly #pglite: PGlite;
  readonly #label: string;
  readonly #endTurn: () => void;
  #closing: Promise<void> | null = null;

  constructor(pglite: PGlite, label: string, endTurn: () => void) {
    this.#pglite = pglite;
    this.#label = label;
    this.#endTurn = endTurn;
  }

  async query(sql: string, values: readonly (string | number | boolean | null)[] = []): Promise<TextRow[]> {
    return await this.#run(async () => {
      // Only without values may a text hold several statements; the last one's rows are the answer then.
      if (values.length === 0) return ((await this.#pglite.exec(sql)).at(-1)?.rows ?? []) as TextRow[];
      return (
        await this.#pglite.query<TextRow>(
          sql,
          values.map((value) => (value === null ? null : String(value))),
        )
      ).rows;
    });
  }

  async *copyOut(sql: string): AsyncGenerator<Buffer> {
    const { blob } = await this.#run(() => this.#pglite.query(throughBlob(sql)));
    let complete = false;
    try {
      for (let from = 0; blob !== undefined && from < blob.size; from += blobSlice) {
        yield Buffer.from(await blob.slice(from, from + blobSlice).arrayBuffer());
        this.#throwIfOver();
      }
      complete = true;
    } finally {
      if (!complete) this.abort(); // as on a server, where there is no other way
    }
  }

  async copyIn(sql: string, chunks: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<number> {
    this.#throwIfOver();
    const parts: Blob[] = [];
    // A Blob holds a copy: the chunk's memory may be used for something else when the next one is asked for.
    for await (const chunk of chunks) parts.push(new Blob([chunk as Buffer<ArrayBuffer>]));
    const result = await this.#run(() => this.#pglite.query(throughBlob(sql), [], { blob: new Blob(parts) }));
    return result.affectedRows ?? 0;
  }

  close(): Promise<void> {
    this.#closing ??= this.#leave();
    return this.#closing;
  }

  abort(): void {
    this.close().catch(() => {});
  }

  /** The backend lives on: nothing of this session may be left in it. */
  async #leave(): Promise<void> {
    try {
      if (this.#pglite.closed) return;
      if (this.#pglite.isInTransaction()) await this.#pglite.exec('ROLLBACK');
      await this.#pglite.exec('DISCARD ALL');
    } finally {
      this.#endTurn();
    }
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    this.#throwIfOver();
    try {
      return await work();
    } catch (error) {
      throw connectionError(error, this.#label, 'session');
    }
  }

  #throwIfOver(): void {
    if (this.#closing !== null) throw new LifeboatError('connection-lost', { database: this.#label, reason: 'it was given up' });
  }
}

/** The last mention is the statement's own: names and subqueries stand before it. */
function throughBlob(sql: string): string {
  return sql.replace(
    /^(.*)\b(TO\s+STDOUT|FROM\s+STDIN)\b/is,
    (_, before: string, end: string) => `${before}${/^to/i.test(end) ? 'TO' : 'FROM'} '/dev/blob'`,
  );
}
