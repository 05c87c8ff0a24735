/** How numbers look to people. Pure; JSON never goes through here. */

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `0 B`, `1.5 KiB`, `312 MiB`: three digits at most, in powers of 1024. */
export function formatBytes(bytes: number): string {
  let [value, unit] = [bytes, 0];
  // 1023.7 would be shown as 1024: the next unit says it better.
  while (Math.round(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `1,234,567` in every locale, so that what one person reads out another one finds. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 table`, `2 tables`, `2 indexes`. */
export function formatCountOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** Seconds as `0.4 s`, `42 s`, `3 min 20 s`, `2 h 05 min`, `3 d 4 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
  const hours = Math.floor(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Amounts per second: `12.3 MiB/s`, `4,500 rows/s`. */
export function formatRate(perSecond: number, unit: 'bytes' | 'rows'): string {
  return unit === 'bytes' ? `${formatBytes(perSecond)}/s` : `${formatCount(Math.round(perSecond))} rows/s`;
}

/** `2026-01-17 03:15:00 UTC`: everywhere the same, and sortable. */
export function formatTime(time: Date | string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? String(time) : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `3 h 05 min ago`; what lies ahead says so. */
export function formatAge(time: Date | string, now: Date): string {
  const seconds = (now.getTime() - new Date(time).getTime()) / 1000;
  if (seconds < -1) return `in ${formatDuration(-seconds)} (in the future)`;
  return seconds < 1 ? 'just now' : `${formatDuration(seconds)} ago`;
}

/** An argument as a POSIX shell takes it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
