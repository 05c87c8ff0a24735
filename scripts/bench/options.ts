import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Bytes of rows, as a backup counts them. */
  bytes: number;
  rounds: number;
  seed: number;
  /** Where table and JSON go besides the terminal; null: nowhere. */
  out: string | null;
}

const units: Record<string, number> = { '': 1, KB: 1e3, MB: 1e6, GB: 1e9 };

/** `1GB`, `50MB` … in decimal units. */
export function parseSize(text: string): number {
  const found = /^(\d+(?:\.\d+)?)\s*([KMG]B|)$/i.exec(text.trim());
  const unit = units[found?.[2]?.toUpperCase() ?? '?'];
  if (!found || unit === undefined) throw new Error(`${text} is not a size: 50MB, 1GB …`);
  return Math.round(Number(found[1]) * unit);
}

export function formatSize(bytes: number): string {
  const [unit, factor] = bytes >= 1e9 ? ['GB', 1e9] : ['MB', 1e6];
  return `${Number((bytes / Number(factor)).toFixed(2))} ${unit}`;
}

/** `--size 1GB --rounds 3 --seed 1 --out DIRECTORY`; by default a small size that shows that everything runs. */
export function readOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      size: { type: 'string', default: '50MB' },
      rounds: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      out: { type: 'string' },
    },
  });
  const rounds = Number(values.rounds);
  const seed = Number(values.seed);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`${values.rounds} is not a number of rounds`);
  if (!Number.isInteger(seed)) throw new Error(`${values.seed} is not a seed: a whole number is`);
  return { bytes: parseSize(values.size), rounds, seed, out: values.out ?? null };
}
