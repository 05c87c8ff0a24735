import cliProgress from 'cli-progress';
import Table from 'cli-table3';
import type { OutputOptions, TableView, Tone } from './output.ts';
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

  protected tableText({ columns, rows }: TableView): string {
    const table = new Table({
      head: columns.map(({ title }) => this.paint('bold', title)),
      colAligns: columns.map(({ align }) => align ?? 'left'),
      chars: border,
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    });
    for (const { cells, tone } of rows) table.push(cells.map((cell) => (tone === undefined ? cell : this.paint(cellTones[tone], cell))));
    return table.toString();
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
