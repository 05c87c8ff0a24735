import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatAge,
  formatBytes,
  formatCount,
  formatCountOf,
  formatDuration,
  formatRate,
  formatTime,
  shellWord,
} from '../../src/report/format.ts';

const table = <Input>(name: string, format: (input: Input) => string, cases: [Input, string][]) =>
  test(name, () => {
    for (const [input, expected] of cases) assert.equal(format(input), expected, `${name}(${input})`);
  });

table('formatBytes', formatBytes, [
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [1536, '1.5 KiB'],
  [99.94 * 1024, '99.9 KiB'],
  [99.96 * 1024, '100 KiB'],
  [1023.7 * 1024, '1.0 MiB'],
  [5 * 1024 ** 3, '5.0 GiB'],
  [3000 * 1024 ** 5, '3000 PiB'],
]);
table('formatCount', formatCount, [
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [1234567, '1,234,567'],
]);
table('formatDuration', formatDuration, [
  [0, '0.0 s'],
  [0.44, '0.4 s'],
  [9.96, '10 s'],
  [59.4, '59 s'],
  [59.6, '1 min 0 s'],
  [200, '3 min 20 s'],
  [7500, '2 h 05 min'],
  [100 * 3600, '4 d 4 h'],
]);

test('formatCountOf says one and many', () => {
  assert.equal(formatCountOf(1, 'table'), '1 table');
  assert.equal(formatCountOf(0, 'table'), '0 tables');
  assert.equal(formatCountOf(1200, 'index', 'indexes'), '1,200 indexes');
});

test('formatRate', () => {
  assert.equal(formatRate(1024 ** 2, 'bytes'), '1.0 MiB/s');
  assert.equal(formatRate(4500.4, 'rows'), '4,500 rows/s');
});

test('times are UTC everywhere, ages know the future', () => {
  assert.equal(formatTime('2026-01-17T03:15:00.123Z'), '2026-01-17 03:15:00 UTC');
  assert.equal(formatTime('not a time'), 'not a time');
  const now = new Date('2026-01-17T06:15:00Z');
  assert.equal(formatAge('2026-01-17T03:15:00Z', now), '3 h 00 min ago');
  assert.equal(formatAge(now, now), 'just now');
  assert.equal(formatAge('2026-01-18T06:15:00Z', now), 'in 1 d 0 h (in the future)');
});

test('shellWord quotes what a shell would take apart', () => {
  assert.equal(shellWord('/srv/letta-vault'), '/srv/letta-vault');
  assert.equal(shellWord("it's here"), `'it'\\''s here'`);
  assert.equal(shellWord('postgresql://u@h:5432/db?x=1&y'), `'postgresql://u@h:5432/db?x=1&y'`);
  assert.equal(shellWord(''), `''`);
});
