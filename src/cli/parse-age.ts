import { usageError } from './usage-error.ts';

const units: Record<string, number> = { s: 1, min: 60, h: 3600, d: 86_400, w: 7 * 86_400 };

/**
 * How old something may be: `35d`, `26h`, `90min`, `2w`; `off` for any age. `flag`: where it was given.
 * @returns milliseconds. @throws LifeboatError usage
 */
export function parseAge(text: string, flag: string): number {
  if (text === 'off') return Number.POSITIVE_INFINITY;
  const [, amount, unit] = /^(\d{1,6}(?:\.\d{1,3})?) ?(s|min|h|d|w)$/.exec(text.trim()) ?? [];
  if (amount === undefined || unit === undefined)
    throw usageError(`${flag} ${text}: it is not known how long that is.`, `Give a number and a unit: 35d, 26h, 90min, 2w; or off.`);
  return Number(amount) * (units[unit] ?? 0) * 1000;
}
