/** A few places, each for one at a time. */
export class Slots {
  readonly #free: number[];
  readonly #waiting: ((slot: number) => void)[] = [];

  constructor(count: number) {
    this.#free = [...Array(count).keys()];
  }

  /** A free one; whoever asked first gets it first. */
  async take(): Promise<number> {
    const slot = this.#free.pop();
    return slot ?? (await new Promise<number>((resolve) => this.#waiting.push(resolve)));
  }

  giveBack(slot: number): void {
    const next = this.#waiting.shift();
    if (next) next(slot);
    else this.#free.push(slot);
  }
}
