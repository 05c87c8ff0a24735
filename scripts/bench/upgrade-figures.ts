import type { Round } from './contestants.ts';
import { type Figure, median } from './figures.ts';
import type { UpgradeRound } from './upgrade-round.ts';

export function upgradeFigures(rounds: readonly UpgradeRound[]): Figure[] {
  const figure = (name: string, unit: Figure['unit'], value: (round: UpgradeRound) => number, floor?: number): Figure => {
    const values = rounds.map(value);
    return {
      name,
      unit,
      value: median(values),
      rounds: values,
      better: unit === '×' ? 'higher' : 'lower',
      ...(floor !== undefined && { floor }),
    };
  };
  return [
    figure(
      '`restore --release 0.16.8`, proven, against `pg_restore -j2` and `alembic upgrade head`',
      '×',
      (round) => round.pgRestoreAndAlembic.seconds / round.restore.seconds,
      1,
    ),
    figure(
      'from stopping 0.11.3 to the first answer of 0.16.8: `upgrade`, `switch`, boot',
      's',
      (round) => round.upgrade.seconds + round.switch.seconds + round.boot.ours,
    ),
    figure(
      'the same with `alembic upgrade head` in place, boot (without a backup, without a proof)',
      's',
      (round) => round.alembic.seconds + round.boot.upstream,
    ),
    figure('status of the first list of agents after ours', 'HTTP', (round) => round.boot.ourAgents),
    figure("status of the first list of agents after upstream's", 'HTTP', (round) => round.boot.upstreamAgents),
    figure('`switch`: renaming both databases', 's', (round) => round.exchange.renaming, 1),
    figure('`switch`: connections off, with the comparison of every row', 's', (round) => round.exchange.connectionsOff),
    figure('peak memory: restore --release', 'MB', (round) => round.restore.peak / 1048576, 200),
  ];
}

/** The commands of a round, for the table of times. */
export function upgradeTimes(round: UpgradeRound): Round {
  return {
    'restore --release 0.16.8': round.restore,
    'pg_restore -j2, alembic upgrade head': round.pgRestoreAndAlembic,
    'upgrade (backup, build, proof)': round.upgrade,
    switch: round.switch,
    'alembic upgrade head, in place': round.alembic,
  };
}
