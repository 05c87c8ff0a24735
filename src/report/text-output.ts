import { styleText } from 'node:util';
import { causesOf } from './causes.ts';
import type { LifeboatError } from './errors.ts';
import { formatDuration } from './format.ts';
import type { DocumentView, Fact, Output, OutputOptions, PlanView, Sink, SummaryView, TableRow, TableView, Tone } from './output.ts';
import { printable } from './printable.ts';
import type { Reporter, Warning } from './progress.ts';
import { redact } from './redact.ts';
import { wrapped } from './wrapped.ts';

export type Style = Parameters<typeof styleText>[0];

const toneStyles: Record<Tone, Style> = { good: 'green', warning: 'yellow', bad: 'red' };
/** Warnings of one kind beyond this are counted and not listed; --verbose and --json list them all. */
const warningsShown = 3;

/** What a terminal and plain lines have in common: the same words; how tables and progress look differs. */
export abstract class TextOutput implements Output {
  abstract readonly reporter: Reporter;
  protected readonly options: OutputOptions;

  constructor(options: OutputOptions) {
    this.options = options;
  }

  abstract settle(): void;
  protected abstract tableText(columns: TableView['columns'], rows: readonly TableRow[]): string;

  plan({ title, facts, steps, notes, refusals }: PlanView): void {
    if (this.options.quiet) return;
    this.result(this.paint('bold', title));
    this.#facts(facts);
    for (const [index, step] of steps.entries()) this.result(`  ${index + 1}. ${printable(step)}`);
    for (const note of notes) this.result(`  ${this.paint('yellow', 'note')}: ${printable(note.message)}`);
    for (const { message, next } of refusals)
      this.result(`  ${this.paint('red', 'refused')}: ${printable(message)}\n    ${printable(next)}`);
    this.result('');
  }

  table(view: TableView): void {
    if (view.detail && this.options.quiet) return;
    const rows = view.forPeople ?? view.rows;
    if (rows.length === 0) {
      if (view.rows.length === 0) this.result(view.empty);
    } else if (rows.some(({ below }) => below !== undefined)) this.#list(rows);
    else
      this.result(
        this.tableText(
          view.columns,
          rows.map((row) => ({ ...row, cells: row.cells.map(printable) })),
        ),
      );
  }

  /** Rows about which there is more to say than columns hold. */
  #list(rows: readonly TableRow[]): void {
    for (const { cells, below = [], tone } of rows) {
      const [first = '', ...others] = cells.map(printable);
      this.result(`${tone === undefined ? first : this.paint(toneStyles[tone], first)}  ${others.join('  ')}`);
      for (const line of below) for (const part of wrapped(printable(line), this.width() - 4)) this.result(`    ${part}`);
    }
    this.result('');
  }

  /** Characters that a line may have; Infinity where nobody watches. */
  protected width(): number {
    return (this.options.stdout as { columns?: number }).columns ?? Number.POSITIVE_INFINITY;
  }

  document({ text }: DocumentView): void {
    this.settle();
    this.options.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  summary({ tone, title, facts, timings = {}, warnings = [], next = [], essential = false }: SummaryView): void {
    if (this.options.quiet && !essential && tone === 'good') return;
    this.result(this.paint(toneStyles[tone], title));
    const phases = Object.entries(timings).map(([phase, seconds]) => `${phase} ${formatDuration(seconds)}`);
    this.#facts(phases.length > 0 ? [...facts, ['phases', phases.join(' · ')]] : facts);
    this.#warnings(warnings);
    if (this.options.quiet || next.length === 0) return;
    this.result(`\n${this.paint('bold', 'Next:')}`);
    for (const command of next) this.result(`  ${command}`);
  }

  error(error: LifeboatError): void {
    this.note(`${this.paint('red', 'error', this.options.stderr)}: ${printable(error.message)}`);
    this.note(`  ${printable(error.why)}`);
    this.note(`  ${this.paint('bold', 'Now:', this.options.stderr)} ${printable(error.next)}`);
    this.note(`  ${this.paint('dim', `(${error.code}, exit code ${error.exit})`, this.options.stderr)}`);
    if (this.options.verbose) for (const cause of causesOf(error)) this.note(cause);
  }

  /** A line of the result. */
  protected result(line: string): void {
    this.settle();
    this.options.stdout.write(`${redact(line)}\n`);
  }

  /** A line about what happens on the way. */
  protected note(line: string): void {
    this.settle();
    this.options.stderr.write(`${redact(line)}\n`);
  }

  /** Colour where the stream takes it; NO_COLOR and FORCE_COLOR are honoured by Node itself. */
  protected paint(style: Style, text: string, sink: Sink = this.options.stdout): string {
    return styleText(style, text, { stream: sink });
  }

  protected warn({ code, message }: Warning): void {
    if (!this.options.quiet) this.note(`${this.paint('yellow', 'warning', this.options.stderr)}: ${printable(message)} (${code})`);
  }

  #facts(facts: readonly Fact[]): void {
    const width = Math.max(0, ...facts.map(([label]) => label.length));
    for (const [label, text] of facts) this.result(`  ${this.paint('dim', label.padEnd(width))}  ${printable(text)}`);
  }

  /** A few of each kind: a hundred alike must not hide the one that matters. */
  #warnings(warnings: readonly Warning[]): void {
    for (const [code, alike] of Map.groupBy(warnings, (warning) => warning.code)) {
      const shown = this.options.verbose ? alike : alike.slice(0, warningsShown);
      for (const { message } of shown) this.result(`  ${this.paint('yellow', 'warning')}: ${printable(message)} (${code})`);
      if (alike.length > shown.length) this.result(`  and ${alike.length - shown.length} more of this kind; --verbose shows all`);
    }
  }
}
