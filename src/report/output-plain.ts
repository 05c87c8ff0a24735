import type { OutputOptions, TableRow, TableView } from './output.ts';
import type { Reporter } from './progress.ts';
import { ProgressMeter } from './progress-meter.ts';
import { progressText } from './progress-text.ts';
import { TextOutput } from './text-output.ts';

/** Milliseconds between two lines of progress. */
const interval = 5000;

/** Off a terminal: a line every few seconds, nothing that moves, columns aligned with spaces. */
export class PlainOutput extends TextOutput {
  readonly reporter: Reporter;

  constructor(options: OutputOptions, now: () => number = () => performance.now()) {
    super(options);
    const meter = new ProgressMeter(now);
    let last = now();
    this.reporter = {
      phase: (name, total) => {
        meter.phase(name, total);
        last = now();
        if (options.verbose && !options.quiet) this.note(name);
      },
      progress: (done) => {
        meter.progress(done);
        if (options.quiet || now() - last < interval) return;
        last = now();
        this.note(progressText(meter.read()));
      },
      // Kept for the summary, which lists them; here a reader of the log sees them when they happen.
      warning: (warning) => {
        if (options.verbose) this.warn(warning);
      },
      detail: (text) => {
        if (options.verbose) this.note(text);
      },
    };
  }

  settle(): void {}

  protected tableText(columns: TableView['columns'], rows: readonly TableRow[]): string {
    const lines = [columns.map(({ title }) => title), ...rows.map(({ cells }) => cells)];
    const widths = columns.map((_, index) => Math.max(...lines.map((cells) => (cells[index] ?? '').length)));
    const pad = (text: string, index: number) =>
      columns[index]?.align === 'right' ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0);
    return lines.map((cells) => cells.map(pad).join('  ').trimEnd()).join('\n');
  }
}
