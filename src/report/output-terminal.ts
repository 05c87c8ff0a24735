import cliProgress from 'cli-progress';
import Table from 'cli-table3';
import { fitTable } from './fit-table.ts';
import type { OutputOptions, TableRow, TableView, Tone } from './output.ts';
import type { Reporter } from './progress.ts';
import { ProgressMeter } from './progress-meter.ts';
import { progressText } from './progress-text.ts';
import { TextOutput } from './text-output.ts';
import { wrapped } from './wrapped.ts';

const border = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};
const cellTones: Record<Tone, 'green' | 'yellow' | 'red'> = { good: 'green', warning: 'yellow', bad: 'red' };

/** A person is watching: a progress bar with done/total, rate and time left; colours. */
export class TerminalOutput extends TextOutput {
  readonly reporter: Reporter;
  readonly #meter = new ProgressMeter();
  #bar: cliProgress.SingleBar | null = null;

  constructor(options: OutputOptions) {
    super(options);
    this.reporter = {
      phase: (name, total) => {
        this.settle();
        this.#meter.phase(name, total);
        this.#show();
      },
      progress: (done) => {
        this.#meter.progress(done);
        this.#show();
      },
      warning: (warning) => {
        if (options.verbose) this.warn(warning);
      },
      detail: (text) => {
        if (options.verbose) this.note(text);
      },
    };
  }

  /** Takes the bar off the screen; the next progress draws a new one. */
  settle(): void {
    this.#bar?.stop();
    this.#bar = null;
  }

  protected tableText(columns: TableView['columns'], rows: readonly TableRow[]): string {
    const fitted = fitTable(columns, rows, { width: this.width(), gap: border.middle.length });
    const { widths, leftOut } = fitted;
    const table = new Table({
      head: fitted.columns.map(({ title }) => this.paint('bold', title)),
      colAligns: fitted.columns.map(({ align }) => align ?? 'left'),
      chars: border,
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
      colWidths: widths,
      wordWrap: true,
    });
    for (const { cells, tone } of fitted.rows) {
      const fitting = cells.map((cell, index) => brokenAt(cell, widths[index] ?? null));
      table.push(fitting.map((cell) => (tone === undefined ? cell : this.paint(cellTones[tone], cell))));
    }
    if (leftOut.length === 0) return table.toString();
    const note = wrapped(`No room here for: ${leftOut.join(', ')}. --json has everything.`, this.width());
    return [table.toString(), ...note.map((line) => this.paint('dim', line))].join('\n');
  }

  #show(): void {
    if (this.options.quiet) return;
    const reading = this.#meter.read();
    const total = Math.max(reading.total, 1);
    if (this.#bar === null) {
      this.#bar = new cliProgress.SingleBar(
        {
          stream: this.options.stderr,
          format: '{bar} {text}',
          barsize: 24,
          fps: 10,
          hideCursor: true,
          clearOnComplete: true,
          stopOnComplete: false,
          linewrap: false,
        },
        cliProgress.Presets.shades_classic,
      );
      this.#bar.start(total, 0, { text: progressText(reading) });
    }
    this.#bar.setTotal(total);
    this.#bar.update(reading.total > 0 ? reading.done : 0, { text: progressText(reading) });
  }
}

/** Words that are longer than their column would be cut off by the table: they are broken instead. */
function brokenAt(cell: string, width: number | null): string {
  if (width === null) return cell;
  return cell.replace(new RegExp(`\\S{${width}}(?=\\S)`, 'g'), '$&\n');
}
