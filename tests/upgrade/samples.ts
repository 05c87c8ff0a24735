/**
 * Values at the edges of what Letta can store. Its dates are Python's (years 1 to 9999, microseconds), its texts hold no
 * NUL, its JSON columns are `json`: spaces, order, repeated keys and escapes stay as they were written.
 */
export const texts: readonly string[] = [
  'plain',
  '',
  'tab\tline\nreturn\rback\\slash \\N "quoted" \'single\' {a,b} $1 %s',
  'Größe 🛟👩‍👩‍👧 e\u0301 עברית \u202Eright-to-left \u{10FFFF} \u0001',
  ' NULL ',
  'long '.repeat(400),
];

export const jsons: readonly string[] = [
  '{}',
  '[]',
  '{"b": 1,  "a": [1.50, -0, 1e400, true, null], "a": "again", "Größe 🛟": "\\u00e9\\ud83d\\ude00"}',
  '"text"',
  '0',
];

/** Legal in `json`, but PostgreSQL refuses to turn any part of it into text or jsonb. Letta before 0.12 wrote such things. */
export const hardJson = '{"text": "before\\u0000after", "lone": "\\ud800"}';

export const instants: readonly string[] = [
  '2025-02-28 23:59:59.999999+00',
  '0001-01-01 00:00:00+00',
  '9999-12-31 23:59:59.999999+00',
  '2024-02-29 12:00:00.000001+00',
  '2025-03-30 01:30:00+00',
];

export const integers: readonly string[] = ['0', '2147483647', '-2147483648', '1', '-1'];
export const bigintegers: readonly string[] = ['0', '9223372036854775807', '-9223372036854775808', '1700000000123456789'];

const width = 4096;

/** An embedding as Letta writes it: `dimension` numbers, then zeros up to 4096. */
export function embedding(seed: number, dimension = 1536): string {
  const numbers = Array.from({ length: width }, (_, at) => (at < dimension ? (((at * 7919 + seed * 104_729) % 1999) - 999) / 1000 : 0));
  return `[${numbers.join(',')}]`;
}

/** All 4096 places used, with the smallest, the largest and the negative zero of a float4. */
export function extremeEmbedding(): string {
  return `[${['3.4028235e+38', '-3.4028235e+38', '1e-45', '-0', ...Array.from({ length: width - 4 }, (_, at) => (at % 2 === 0 ? '1' : '-1'))].join(',')}]`;
}

/** A minute per row from a fixed day on. */
export function instant(row: number): string {
  return `${new Date(Date.UTC(2025, 0, 2) + row * 60_000).toISOString().slice(0, 19).replace('T', ' ')}+00`;
}
