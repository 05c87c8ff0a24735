import { causesOf } from './causes.ts';
import type { LifeboatError } from './errors.ts';
import type { DocumentView, Fields, Output, OutputOptions, PlanView, SummaryView, TableView } from './output.ts';
import type { Reporter, Warning } from './progress.ts';
import { ProgressMeter } from './progress-meter.ts';
import { redact } from './redact.ts';

/** Milliseconds between two `progress` lines. */
const interval = 1000;

/** One JSON object per line on stdout, nothing else: docs/json-output.md is the contract. */
export class JsonOutput implements Output {
  readonly reporter: Reporter;
  readonly #options: OutputOptions;
  readonly #now: () => Date;

  constructor(options: OutputOptions, now: () => Date = () => new Date()) {
    [this.#options, this.#now] = [options, now];
    this.reporter = this.#report();
  }

  plan({ fields }: PlanView): void {
    this.#line('plan', fields);
  }

  table({ type, rows }: TableView): void {
    for (const { fields } of rows) this.#line(type, fields);
  }

  document({ type, text, fields }: DocumentView): void {
    this.#line(type, { text }, (whole) => whole);
    this.#line('summary', fields);
  }

  summary({ fields }: SummaryView): void {
    this.#line('summary', fields);
  }

  error(error: LifeboatError): void {
    const { code, exit, message, why, next, facts } = error;
    this.#line('error', { code, exit, message, why, next, facts, ...(this.#options.verbose && { trace: causesOf(error) }) });
  }

  settle(): void {}

  #report(): Reporter {
    const { quiet, verbose } = this.#options;
    const meter = new ProgressMeter(() => this.#now().getTime());
    let last = 0;
    return {
      phase: (name, total = {}) => {
        meter.phase(name, total);
        last = this.#now().getTime();
        if (!quiet) this.#line('phase', { phase: name, total: { rows: total.rows ?? null, bytes: total.bytes ?? null } });
      },
      progress: (done) => {
        meter.progress(done);
        if (quiet || this.#now().getTime() - last < interval) return;
        last = this.#now().getTime();
        const { phase, secondsLeft } = meter.read();
        this.#line('progress', {
          phase,
          rows: done.rows ?? null,
          bytes: done.bytes ?? null,
          what: done.what ?? null,
          secondsLeft: secondsLeft === null ? null : Math.round(secondsLeft),
        });
      },
      warning: ({ code, message, partial }: Warning) => this.#line('warning', { code, message, partial }),
      detail: (text) => {
        if (verbose) this.#line('detail', { message: text });
      },
    };
  }

  /**
   * `fields` come last: a snapshot's own `time` takes the place of the line's. Each text is redacted by itself: taken out of
   * the line, a secret would take the quotes around it along.
   */
  #line(type: string, fields: Fields, clean: (text: string) => string = redact): void {
    const cleaned = (_: string, value: unknown) => (typeof value === 'string' ? clean(value) : value);
    this.#options.stdout.write(`${JSON.stringify({ type, version: 1, time: this.#now().toISOString(), ...fields }, cleaned)}\n`);
  }
}
