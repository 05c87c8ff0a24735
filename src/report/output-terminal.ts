import cliProgress from 'cli-progress';
import Table from 'cli-table3';
import type { OutputOptions, TableRow, TableView, Tone } from './output.ts';
import type { Reporter } from './progress.ts';
import { ProgressMeter } from './progress-meter.ts';
import { progressText } from './progress-text.ts';
import { TextOutput } from './text-output.ts';

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

/** Characters below which wrapping makes a column unreadable. */
const narrowest = 20;

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
    const widths = this.#widths(columns, rows);
    const table = new Table({
      head: columns.map(({ title }) => this.paint('bold', title)),
      colAligns: columns.map(({ align }) => align ?? 'left'),
      chars: border,
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
      colWidths: widths,
      wordWrap: true,
    });
    for (const { cells, tone } of rows) {
      const fitting = cells.map((cell, index) => brokenAt(cell, widths[index] ?? null));
      table.push(fitting.map((cell) => (tone === undefined ? cell : this.paint(cellTones[tone], cell))));
    }
    return table.toString();
  }

  /** Where a table is wider than the terminal, its widest columns are wrapped, the widest first; null = as wide as it is. */
  #widths(columns: TableView['columns'], rows: readonly TableRow[]): (number | null)[] {
    const natural = columns.map(({ title }, index) => Math.max(title.length, ...rows.map(({ cells }) => cells[index]?.length ?? 0)));
    const gaps = border.middle.length * (columns.length - 1);
    let tooWide = natural.reduce((sum, width) => sum + width, gaps) - ((this.options.stdout as { columns?: number }).columns ?? Infinity);
    const widths: (number | null)[] = natural.map(() => null);
    const breakable = [...natural.entries()].filter(([index, width]) => columns[index]?.whole !== true && width > narrowest);
    for (const [index, width] of breakable.toSorted(([, a], [, b]) => b - a)) {
      if (tooWide <= 0) break;
      const narrowed = Math.max(narrowest, width - tooWide);
      widths[index] = narrowed;
      tooWide -= width - narrowed;
    }
    return widths;
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
