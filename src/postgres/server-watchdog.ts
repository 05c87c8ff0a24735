/**
 * Fires when nothing has moved for too long while we wait for it. Time in which we are busy ourselves (a slow disk
 * under the vault) does not count.
 */
export class Watchdog {
  readonly #timer: NodeJS.Timeout;
  #waitingSince: number | null = null;
  #patience = 0;

  constructor(precision: number, onStall: (seconds: number) => void) {
    this.#timer = setInterval(() => {
      if (this.#waitingSince === null) return;
      const waited = performance.now() - this.#waitingSince;
      if (waited < this.#patience) return;
      this.stop();
      onStall(Math.round(waited / 1000));
    }, precision);
    this.#timer.unref();
  }

  /** We wait, this many milliseconds at most. */
  watch(patience: number): void {
    this.#waitingSince = performance.now();
    this.#patience = patience;
  }

  /** Something moved; now it is our turn. */
  rest(): void {
    this.#waitingSince = null;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
