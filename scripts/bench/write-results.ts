import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Round } from './contestants.ts';
import { type Figure, median, reaches } from './figures.ts';
import type { Likeness } from './likeness.ts';
import type { Machine } from './machine.ts';

export interface Results {
  machine: Machine;
  size: string;
  seed: number;
  /** What was measured: rows, bytes … */
  facts: Record<string, string | number>;
  likeness: readonly Likeness[];
  rounds: readonly Round[];
  figures: readonly Figure[];
}

/** The figures as a Markdown table. */
export function figureTable(figures: readonly Figure[]): string {
  const lines = figures.map((figure) => {
    const { name, rounds, floor, goal } = figure;
    const range = rounds.length > 1 ? ` (${format(figure, Math.min(...rounds))}–${format(figure, Math.max(...rounds))})` : '';
    const value = figure.value === null ? 'not measured' : `**${format(figure, figure.value)}**${range} ${figure.unit}`;
    return `| ${name} | ${value} | ${mark(floor)} | ${mark(goal)} | ${verdict(figure)} |`;
  });
  return ['| figure | measured | floor | goal | |', '|---|---|---|---|---|', ...lines].join('\n');
}

/** How long each command took: medians over the rounds. */
export function timeTable(rounds: readonly Round[]): string {
  const names = Object.keys(rounds[0] ?? {});
  const lines = names.map((name) => {
    const results = rounds.flatMap((round) => round[name] ?? []);
    const stored = results.flatMap((result) => result.stored ?? []);
    const size = stored.length > 0 ? `${(median(stored) / 1e6).toFixed(2)} MB` : '';
    return `| ${name} | ${median(results.map(({ seconds }) => seconds)).toFixed(2)} s | ${Math.round(median(results.map(({ peak }) => peak)) / 1048576)} MB | ${size} |`;
  });
  return ['| command | time | memory | stored |', '|---|---|---|---|', ...lines].join('\n');
}

function format({ unit }: Figure, value: number): string {
  return value.toFixed(unit === 'MB' || unit === 'HTTP' ? 0 : unit === 's' ? 1 : Math.abs(value) < 0.1 ? 3 : 2);
}

const mark = (value: number | undefined) => (value === undefined ? '' : String(value));

function verdict(figure: Figure): string {
  const { value, floor, goal } = figure;
  if (value === null || (floor === undefined && goal === undefined)) return '';
  if (goal !== undefined && reaches(figure, goal)) return 'goal';
  if (floor !== undefined) return reaches(figure, floor) ? 'floor' : 'below the floor';
  return 'below the goal';
}

/** Writes `<name>.md` and `<name>.json`. */
export async function writeResults(directory: string, name: string, results: Results): Promise<void> {
  await mkdir(directory, { recursive: true });
  const rounds = results.rounds.map((round) =>
    Object.fromEntries(Object.entries(round).map(([command, { seconds, peak, stored }]) => [command, { seconds, peak, stored }])),
  );
  await writeFile(join(directory, `${name}.json`), `${JSON.stringify({ ...results, rounds }, null, 2)}\n`);
  await writeFile(join(directory, `${name}.md`), describe(results));
}

export function describe({ machine, size, seed, facts, rounds, figures }: Results): string {
  const about = [...Object.entries(machine), ...Object.entries({ size, seed, rounds: rounds.length, ...facts })];
  return `${figureTable(figures)}\n\n${timeTable(rounds)}\n\n${about.map(([what, value]) => `- ${what}: ${value}`).join('\n')}\n`;
}
