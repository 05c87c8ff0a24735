import type { FieldScanner } from './field-scanner.ts';

/** Bytes that are held of a field: enough to name a row, or to see that a value is an empty one. */
export const headLimit = 1024;

const nothing = Buffer.alloc(0);

/** The beginnings of chosen fields of a row that crosses chunks. */
export class RowHeads {
  readonly #wanted: Uint8Array;
  readonly #lengths: Float64Array;
  readonly #heads: Buffer[];

  /** @param fields number of fields in each row @param wanted indexes of those that are asked for */
  constructor(fields: number, wanted: readonly number[]) {
    this.#wanted = new Uint8Array(fields);
    for (const field of wanted) this.#wanted[field] = 1;
    this.#lengths = new Float64Array(fields);
    this.#heads = Array.from({ length: fields }, () => nothing);
  }

  add({ field, starts, length, chunk, from, to }: FieldScanner): void {
    if (this.#wanted[field] === 0) return;
    this.#lengths[field] = length;
    const head = starts ? nothing : this.#heads[field]!;
    this.#heads[field] =
      head.length >= headLimit ? head : Buffer.concat([head, chunk.subarray(from, Math.min(to, from + headLimit - head.length))]);
  }

  /** Whole length of the value, −1 = NULL. */
  lengthAt = (field: number): number => this.#lengths[field]!;

  /** At most its first KiB. */
  valueAt = (field: number): Buffer | null => (this.#lengths[field] === -1 ? null : this.#heads[field]!);
}
