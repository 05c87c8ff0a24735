import { createHash, type Hash } from 'node:crypto';
import type { FieldScanner, Scanned } from '../rows/field-scanner.ts';
import { RowHeads } from '../rows/row-heads.ts';
import { fieldDigest, type RowTable, shortDigest } from './row-table.ts';

/** Puts chosen rows of a scanner into a table of digests. A row that crosses chunks is digested in passing, never held. */
export class RowCollector {
  readonly table: RowTable;
  readonly #fields: number;
  readonly #heads: RowHeads;
  #digests: string[] = [];
  #crossing: Hash | null = null;

  constructor(fields: number, table: RowTable) {
    this.table = table;
    this.#fields = fields;
    this.#heads = new RowHeads(
      fields,
      table.labelled.filter((column) => column < fields),
    );
  }

  /** To be told all that the scanner meets. */
  take(found: Scanned, scanner: FieldScanner): void {
    if (found === 'begin') this.#digests = [];
    if (found !== 'part') return;
    this.#heads.add(scanner);
    if (scanner.starts) this.#crossing = createHash('sha256');
    this.#crossing!.update(scanner.chunk.subarray(scanner.from, scanner.to));
    if (!scanner.ends) return;
    this.#digests.push(scanner.length === -1 ? fieldDigest(null) : shortDigest(this.#crossing!.digest('base64')));
  }

  /** Keeps the row that the scanner has come to the end of. */
  keep(found: Scanned, { chunk, offsets }: FieldScanner): void {
    const fields = Array.from({ length: this.#fields }, (_, field) => field);
    if (found !== 'row') {
      this.table.addDigests(this.#digests.join(''), fields.map(this.#heads.valueAt));
      return;
    }
    const isNull = (at: number) => chunk.readInt32BE(at) === -1;
    this.table.add(fields.map((field) => (isNull(offsets[field]!) ? null : chunk.subarray(offsets[field]! + 4, offsets[field + 1]!))));
  }
}
