import { formatBytes, formatCountOf, formatDuration, formatRate } from './format.ts';
import type { MeterReading } from './progress-meter.ts';

/** `copy: 120 MiB of 1.2 GiB (10 %), 38.1 MiB/s, 29 s left` */
export function progressText(reading: MeterReading): string {
  const { phase, unit, done, total, rate, secondsLeft, what } = reading;
  if (unit === null) return what === null ? phase : `${phase}: ${what}`;
  const amount = (value: number) => (unit === 'bytes' ? formatBytes(value) : formatCountOf(value, 'row'));
  const parts = [
    total > 0 ? `${amount(done)} of ${amount(total)} (${Math.floor((done / total) * 100)} %)` : amount(done),
    ...(rate > 0 ? [formatRate(rate, unit)] : []),
    ...(secondsLeft === null ? [] : [`${formatDuration(secondsLeft)} left`]),
    ...(what === null ? [] : [what]),
  ];
  return `${phase}: ${parts.join(', ')}`;
}
