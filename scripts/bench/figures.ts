import type { Round } from './contestants.ts';

/** A line of the table: what is compared, what came out, and what it has to be. */
export interface Figure {
  name: string;
  /** null: could not be measured here. */
  value: number | null;
  unit: '×' | 'HTTP' | '× its time' | '%' | 'MB' | 'of its speed' | '× its size' | 's';
  /** The values of the single rounds. */
  rounds: number[];
  floor?: number;
  goal?: number;
  better: 'higher' | 'lower';
}

/** Values of later measurements that are made once. */
export interface Afterwards {
  dayOfUse: { newBytes: number; seconds: number; first: number };
  randomEdits: { newBytes: number; seconds: number; first: number };
}

type Reach = { floor?: number; goal?: number };

/** The figures of all rounds: medians of each round's own ratio, so that a machine that slows down slows both sides. */
export function figuresOf(rounds: readonly Round[], { dayOfUse, randomEdits }: Afterwards): Figure[] {
  const each = (value: (round: Round) => number) => rounds.map(value).filter(Number.isFinite);
  const seconds = (round: Round, name: string) => round[name]?.seconds ?? Number.NaN;
  const figure = (name: string, unit: Figure['unit'], better: Figure['better'], values: number[], reach: Reach = {}): Figure => ({
    name,
    unit,
    better,
    value: values.length === 0 ? null : median(values),
    rounds: values,
    ...reach,
  });
  /** How many times as fast as the rival. */
  const faster = (name: string, ours: string, rival: string, reach: Reach = {}, unit: Figure['unit'] = '×') =>
    figure(
      name,
      unit,
      'higher',
      each((round) => seconds(round, rival) / seconds(round, ours)),
      reach,
    );
  /** Our time as a multiple of the rival's. */
  const times = (name: string, ours: string, rival: string, reach: Reach = {}) =>
    figure(
      name,
      '× its time',
      'lower',
      each((round) => seconds(round, ours) / seconds(round, rival)),
      reach,
    );
  const stored = (round: Round, name: string) => round[name]?.stored ?? Number.NaN;
  const peak = (verb: string) =>
    figure(
      `peak memory: ${verb}`,
      'MB',
      'lower',
      each((round) => (round[verb]?.peak ?? Number.NaN) / 1048576),
      { floor: 200 },
    );
  const share = ({ newBytes, first }: { newBytes: number; first: number }) => [(100 * newBytes) / first];

  return [
    faster('backup, self-check on, against `pg_dump -Fc`', 'backup', 'pg_dump', { floor: 4, goal: 6 }),
    times('backup without self-check against `pg_dump -Fc --compress=zstd:1`', 'backup without self-check', 'pg_dump zstd:1', {
      floor: 1.3,
      goal: 1,
    }),
    times('backup, self-check on, against `pg_dump -Fc --compress=zstd:1`', 'backup', 'pg_dump zstd:1', { floor: 2, goal: 1.5 }),
    times('backup, self-check on, against `COPY … BINARY` to nowhere', 'backup', 'copy to nowhere'),
    figure(
      'stored size against `pg_dump -Fc --compress=zstd:1`',
      '× its size',
      'lower',
      each((round) => stored(round, 'backup') / stored(round, 'pg_dump zstd:1')),
      { floor: 1, goal: 0.85 },
    ),
    faster('restore, proven equal, against `pg_restore -j2`', 'restore', 'pg_restore -j2', { floor: 1, goal: 2 }),
    faster('restore, proven equal, against `psql \\copy binary` and indexes by `pg_restore -j2`', 'restore', 'copy from files'),
    figure(
      'second backup, nothing changed: new bytes',
      '%',
      'lower',
      each((round) => (100 * stored(round, 'second backup')) / stored(round, 'backup')),
      { floor: 0.5, goal: 0.1 },
    ),
    faster('second backup, nothing changed, against the first', 'second backup', 'backup', { goal: 3 }),
    figure('backup after a day of use: new bytes', '%', 'lower', share(dayOfUse), { floor: 6, goal: 3 }),
    figure('backup after a day of use: time', 's', 'lower', [dayOfUse.seconds]),
    figure('backup after 0.1 % of all rows were edited at random: new bytes', '%', 'lower', share(randomEdits)),
    faster('`verify SNAPSHOT` against a bare read', 'verify', 'bare read', { floor: 0.85, goal: 0.95 }, 'of its speed'),
    times('`lifeboat --help` against `node -e 0`', 'help', 'node -e 0', { floor: 3, goal: 1.5 }),
    ...['backup', 'second backup', 'verify', 'restore'].map(peak),
  ];
}

/** Whether a figure reaches a mark. */
export function reaches({ value, better }: Figure, mark: number): boolean {
  return value !== null && (better === 'higher' ? value >= mark : value <= mark);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
