/** Bytes that wait, as a list of chunks that is never joined. */
export class ByteQueue {
  #chunks: Buffer[] = [];

  push(chunk: Buffer): void {
    if (chunk.length > 0) this.#chunks.push(chunk);
  }

  /** Everything, oldest first. */
  takeAll(): Buffer[] {
    const taken = this.#chunks;
    this.#chunks = [];
    return taken;
  }

  /** The oldest `bytes`; the rest stays. */
  take(bytes: number): Buffer[] {
    const taken: Buffer[] = [];
    let whole = 0;
    for (let left = bytes; left > 0; ) {
      const chunk = this.#chunks[whole];
      if (chunk === undefined) throw new RangeError('the queue does not hold that many bytes');
      if (chunk.length > left) {
        taken.push(chunk.subarray(0, left));
        this.#chunks[whole] = chunk.subarray(left);
        break;
      }
      taken.push(chunk);
      left -= chunk.length;
      whole++;
    }
    this.#chunks.splice(0, whole);
    return taken;
  }
}
