import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAge } from '../../src/cli/parse-age.ts';

test('ages: a number and a unit, or off', () => {
  for (const [text, seconds] of [
    ['35d', 35 * 86_400],
    ['26h', 26 * 3600],
    ['1.5 h', 5400],
    ['90min', 5400],
    ['2w', 14 * 86_400],
    ['30s', 30],
    ['off', Number.POSITIVE_INFINITY],
  ] as const)
    assert.equal(parseAge(text, '--x'), seconds * 1000, text);
});

test('what is no age is refused with the flag that it was given to', () => {
  for (const text of ['', '35', 'd', '-1d', '1m', '1e3d', '35 days', '1d2h', 'never'])
    assert.throws(() => parseAge(text, '--max-proof-age'), { code: 'usage', message: /^--max-proof-age / }, text);
});
