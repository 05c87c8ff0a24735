/**
 * Work that is under way at once, its results taken in the order in which it was begun. A failure is met when its turn
 * comes; until then it is no unhandled one.
 */
export class InTurn<Result> {
  readonly #atMost: number;
  readonly #receive: (result: Result) => void;
  readonly #underWay: Promise<Result>[] = [];

  /** @param atMost how many may be under way when `add` returns */
  constructor(atMost: number, receive: (result: Result) => void) {
    [this.#atMost, this.#receive] = [atMost, receive];
  }

  /** Waits until there is room again. @throws what the oldest failed with */
  async add(work: Promise<Result>): Promise<void> {
    work.catch(() => {});
    this.#underWay.push(work);
    await this.#takeDownTo(this.#atMost);
  }

  /** Waits for the rest. @throws what one of them failed with */
  async end(): Promise<void> {
    await this.#takeDownTo(0);
  }

  /** Waits until nothing runs any more, whatever became of it. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  async #takeDownTo(count: number): Promise<void> {
    while (this.#underWay.length > count) {
      const result = await (this.#underWay[0] as Promise<Result>);
      this.#underWay.shift();
      this.#receive(result);
    }
  }
}
