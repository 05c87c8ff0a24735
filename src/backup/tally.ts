import type { Reporter } from '../report/progress.ts';
import type { StoredObject, Vault } from '../vault/vault.ts';
import type { WriteTally } from './write-table.ts';

/** Running totals; publishes what is reused, so that a prune beside this backup keeps it. */
export class Tally implements WriteTally {
  readonly reused = new Set<string>();
  newBytes = 0;
  #rows = 0;
  #bytes = 0;
  readonly #reporter: Reporter;
  readonly #pending: Awaited<ReturnType<Vault['pending']>>;

  constructor(reporter: Reporter, pending: Awaited<ReturnType<Vault['pending']>>) {
    this.#reporter = reporter;
    this.#pending = pending;
  }

  rows(rows: number, bytes: number): void {
    this.#rows += rows;
    this.#bytes += bytes;
    this.#reporter.progress({ rows: this.#rows, bytes: this.#bytes });
  }

  stored(object: StoredObject): void {
    this.newBytes += object.stored;
    if (object.reused) this.reused.add(object.name);
  }

  async publish(): Promise<void> {
    await this.#pending.rely([...this.reused]);
  }
}
