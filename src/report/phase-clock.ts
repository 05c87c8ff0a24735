import type { Reporter } from './progress.ts';

/** Times the phases of one piece of work while passing them on to the reporter. */
export class PhaseClock {
  readonly #reporter: Reporter;
  readonly #seconds: Record<string, number> = {};
  #current: { name: string; start: number } | null = null;

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  phase(name: string, total?: { rows?: number; bytes?: number }): void {
    this.end();
    this.#current = { name, start: performance.now() };
    this.#reporter.phase(name, total);
  }

  end(): void {
    if (!this.#current) return;
    const elapsed = (performance.now() - this.#current.start) / 1000;
    this.#seconds[this.#current.name] = (this.#seconds[this.#current.name] ?? 0) + elapsed;
    this.#current = null;
  }

  /** Seconds per phase, rounded to milliseconds; the running phase counts up to now. */
  seconds(): Record<string, number> {
    const current = this.#current;
    if (current) this.end();
    if (current) this.#current = { name: current.name, start: performance.now() };
    return Object.fromEntries(Object.entries(this.#seconds).map(([name, seconds]) => [name, Math.round(seconds * 1000) / 1000]));
  }
}
