/** Collects bytes in blocks of one size. Full ones wait to be taken; who is done with one gives it back, to be filled again. */
export class BlockWriter {
  /** Full blocks, oldest first. */
  full: Buffer[] = [];
  readonly #size: number;
  #block: Buffer | null = null;
  #spare: Buffer | null = null;
  #filled = 0;

  constructor(size = 512 * 1024) {
    this.#size = size;
  }

  /** Appends source[from … to). */
  copy(source: Buffer, from: number, to: number): void {
    while (from < to) {
      this.#block ??= this.#fresh();
      const block = this.#block;
      let filled = this.#filled;
      const end = Math.min(to, from + this.#size - filled);
      // Most fields are short: a loop beats a call of copy().
      if (end - from > 64) filled += source.copy(block, filled, from, end);
      else for (let at = from; at < end; at++) block[filled++] = source[at]!;
      from = end;
      this.#filled = filled;
      if (filled < this.#size) return;
      this.full.push(block);
      this.#block = null;
      this.#filled = 0;
    }
  }

  /** The full blocks, each the consumer's only until it asks for the next one. */
  *lendFull(): Generator<Buffer> {
    const taken = this.full;
    this.full = [];
    for (const block of taken) {
      yield block;
      this.#spare = block;
    }
  }

  #fresh(): Buffer {
    const spare = this.#spare;
    this.#spare = null;
    return spare ?? Buffer.allocUnsafeSlow(this.#size);
  }

  /** What does not fill a block; nothing may be appended afterwards. */
  rest(): Buffer[] {
    return this.#block === null || this.#filled === 0 ? [] : [this.#block.subarray(0, this.#filled)];
  }
}
