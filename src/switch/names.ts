import { LifeboatError } from '../report/errors.ts';

/** What PostgreSQL keeps of a name; the rest it cuts off without an error, and means another database. */
export const longestName = 63;

/** @throws LifeboatError bad-database-name */
export function checkName(name: string): void {
  const refuse = (reason: string) => {
    throw new LifeboatError('bad-database-name', { database: name, reason });
  };
  if (name === '') refuse('A database has a name.');
  if (name.includes('\0')) refuse('A name cannot hold a NUL byte.');
  if (Buffer.byteLength(name) > longestName)
    refuse(`It has ${Buffer.byteLength(name)} bytes, and PostgreSQL keeps ${longestName} of them: another database would be meant.`);
}

/** `letta_before_20261121_062120`: a name that nobody has, cut to what PostgreSQL keeps. */
export function asideName(name: string, word: 'before' | 'rolled_back', time: Date, taken: ReadonlySet<string>): string {
  const utc = time.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
  for (let attempt = 1; ; attempt++) {
    const suffix = `_${word}_${utc}${attempt === 1 ? '' : `_${attempt}`}`;
    const found = cut(name, longestName - suffix.length) + suffix;
    if (!taken.has(found)) return found;
  }
}

/** The beginning of a text, in whole characters. */
function cut(text: string, bytes: number): string {
  let [result, size] = ['', 0];
  for (const character of text) {
    size += Buffer.byteLength(character);
    if (size > bytes) break;
    result += character;
  }
  return result;
}
