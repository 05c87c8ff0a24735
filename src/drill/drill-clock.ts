import type { Reporter } from '../report/progress.ts';
import type { Proof } from './proof.ts';

/** Phases of a restore that a real recovery takes too: all but the self-test, proof included. */
const rehearsalOnly = new Set(['self-test']);

/** Times the phases of a drill, those of the restore among them. */
export class DrillClock {
  readonly #reporter: Reporter;
  readonly #phases: Proof['phases'] = [];

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  /** One phase of the drill's own: no part of a recovery. */
  async time<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.#reporter.phase(name);
    const began = performance.now();
    try {
      return await work();
    } finally {
      this.#add(name, (performance.now() - began) / 1000, false);
    }
  }

  /** The phases of a restore, as it timed them. */
  addRestore(timings: Readonly<Record<string, number>>): void {
    for (const [name, seconds] of Object.entries(timings)) this.#add(name, seconds, !rehearsalOnly.has(name));
  }

  phases(): Proof['phases'] {
    return this.#phases;
  }

  /** Seconds from the snapshot to a database that was read back: making the PostgreSQL for it is not counted. */
  recoverySeconds(): number {
    return rounded(this.#phases.reduce((sum, { seconds, recovery }) => sum + (recovery ? seconds : 0), 0));
  }

  #add(name: string, seconds: number, recovery: boolean): void {
    this.#phases.push({ name, seconds: rounded(seconds), recovery });
  }
}

const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000;
