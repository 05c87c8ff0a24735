import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import type { LifeboatError } from './errors.ts';
import type { DocumentView, Output, PlanView, SummaryView, TableView } from './output.ts';
import { PlainOutput } from './output-plain.ts';
import type { Reporter } from './progress.ts';

/** Keeps the last bytes that were written to it. */
class Tail extends Writable {
  readonly #limit: number;
  #kept = Buffer.alloc(0);

  constructor(limit: number) {
    super({ decodeStrings: true });
    this.#limit = limit;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#kept = Buffer.concat([this.#kept, chunk]).subarray(-this.#limit);
    done();
  }

  /** From the first whole line on, where the beginning was let go. */
  text(): string {
    const text = stripVTControlCharacters(this.#kept.toString('utf8'));
    return this.#kept.length < this.#limit ? text : text.slice(text.indexOf('\n') + 1);
  }
}

const withoutBelow = (view: TableView): TableView => ({ ...view, rows: view.rows.map(({ below: _, ...row }) => row) });

/** Passes everything on to another output, and keeps the end of it as the plain lines of a log. */
export class LoggedOutput implements Output {
  readonly reporter: Reporter;
  readonly #inner: Output;
  readonly #plain: PlainOutput;
  readonly #tail: Tail;

  /** @param limit bytes that are kept */
  constructor(inner: Output, limit: number) {
    this.#inner = inner;
    this.#tail = new Tail(limit);
    this.#plain = new PlainOutput({ stdout: this.#tail, stderr: this.#tail, quiet: false, verbose: false });
    const [one, other] = [inner.reporter, this.#plain.reporter];
    this.reporter = {
      phase: (name, total) => {
        one.phase(name, total);
        other.phase(name, total);
      },
      progress: (done) => {
        one.progress(done);
        other.progress(done);
      },
      warning: (warning) => {
        one.warning(warning);
        other.warning(warning);
      },
      detail: (text) => one.detail(text),
    };
  }

  log(): string {
    return this.#tail.text();
  }

  plan(view: PlanView): void {
    this.#inner.plan(view);
    this.#plain.plan(view);
  }
  table(view: TableView): void {
    this.#inner.table(view);
    this.#plain.table(view.confidential ? withoutBelow(view) : view);
  }
  /** A document may be a secret, and is not redacted: it is not for a log. */
  document(view: DocumentView): void {
    this.#inner.document(view);
  }
  summary(view: SummaryView): void {
    this.#inner.summary(view);
    this.#plain.summary(view);
  }
  error(error: LifeboatError): void {
    this.#inner.error(error);
    this.#plain.error(error);
  }
  settle(): void {
    this.#inner.settle();
  }
}
