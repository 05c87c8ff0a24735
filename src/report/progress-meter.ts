/** One reading of the meter. */
export interface MeterReading {
  phase: string;
  unit: 'bytes' | 'rows' | null;
  done: number;
  /** 0 when it is not known. Never below `done`: what was announced may be an estimate. */
  total: number;
  /** Per second, on average since the phase began. */
  rate: number;
  /** null while it cannot be told. */
  secondsLeft: number | null;
  what: string | null;
}

type Amounts = { rows?: number; bytes?: number };

/** Rate and time left of one phase at a time. Pure but for the clock it is given (milliseconds). */
export class ProgressMeter {
  readonly #now: () => number;
  #phase = '';
  #began = 0;
  #total: Amounts = {};
  #done: Amounts & { what?: string } = {};

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  phase(name: string, total: Amounts = {}): void {
    [this.#phase, this.#began, this.#total, this.#done] = [name, this.#now(), total, {}];
  }

  progress(done: Amounts & { what?: string }): void {
    this.#done = done;
  }

  read(): MeterReading {
    const unit = this.#unit();
    const done = unit === null ? 0 : (this.#done[unit] ?? 0);
    const announced = unit === null ? 0 : (this.#total[unit] ?? 0);
    const total = announced === 0 ? 0 : Math.max(announced, done);
    const elapsed = (this.#now() - this.#began) / 1000;
    const rate = elapsed > 0 ? done / elapsed : 0;
    const secondsLeft = total > 0 && rate > 0 ? (total - done) / rate : null;
    return { phase: this.#phase, unit, done, total, rate, secondsLeft, what: this.#done.what ?? null };
  }

  /** Bytes say more than rows about how long it takes. */
  #unit(): 'bytes' | 'rows' | null {
    if (this.#total.bytes !== undefined) return 'bytes';
    if (this.#total.rows !== undefined) return 'rows';
    if (this.#done.bytes !== undefined) return 'bytes';
    return this.#done.rows === undefined ? null : 'rows';
  }
}
