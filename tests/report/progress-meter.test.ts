import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProgressMeter } from '../../src/report/progress-meter.ts';
import { progressText } from '../../src/report/progress-text.ts';

test('rate and time left follow from the clock', () => {
  let now = 0;
  const meter = new ProgressMeter(() => now);
  meter.phase('copy', { bytes: 1000 * 1024 ** 2 });
  now = 10_000;
  meter.progress({ bytes: 250 * 1024 ** 2, rows: 7, what: 'messages' });
  assert.deepEqual(meter.read(), {
    phase: 'copy',
    unit: 'bytes',
    done: 250 * 1024 ** 2,
    total: 1000 * 1024 ** 2,
    rate: 25 * 1024 ** 2,
    secondsLeft: 30,
    what: 'messages',
  });
  assert.equal(progressText(meter.read()), 'copy: 250 MiB of 1000 MiB (25 %), 25.0 MiB/s, 30 s left, messages');
});

test('a total that was too small grows with what is done', () => {
  const meter = new ProgressMeter(() => 0);
  meter.phase('load', { rows: 10 });
  meter.progress({ rows: 15 });
  assert.equal(meter.read().total, 15);
  assert.equal(progressText(meter.read()), 'load: 15 rows of 15 rows (100 %)');
});

test('without a total, only what is known is said', () => {
  const meter = new ProgressMeter(() => 0);
  meter.phase('lock');
  assert.equal(progressText(meter.read()), 'lock');
  meter.progress({ rows: 1 });
  assert.equal(progressText(meter.read()), 'lock: 1 row');
});

test('a new phase forgets the last one', () => {
  const meter = new ProgressMeter(() => 0);
  meter.phase('copy', { bytes: 10 });
  meter.progress({ bytes: 10, what: 'x' });
  meter.phase('commit');
  assert.deepEqual(meter.read(), { phase: 'commit', unit: null, done: 0, total: 0, rate: 0, secondsLeft: null, what: null });
});
