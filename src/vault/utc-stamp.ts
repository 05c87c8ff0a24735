/** A point in time in a file name: `20260117T031500Z`, cut to the second. */
export function utcStamp(time: Date): string {
  return time.toISOString().replace(/[-:]|\.\d{3}/g, '');
}

/** The time that a stamp says; null unless it is one that `utcStamp` can give. */
export function parseUtcStamp(stamp: string): Date | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp);
  if (!match) return null;
  const [, year, month, day, hour, minute, second] = match;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return !Number.isNaN(time.getTime()) && utcStamp(time) === stamp ? time : null;
}

/** What a file name keeps of a time. */
export function cutToSecond(time: string): Date {
  return new Date(Math.floor(Date.parse(time) / 1000) * 1000);
}
