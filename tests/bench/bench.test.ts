import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { type Figure, figuresOf } from '../../scripts/bench/figures.ts';
import type { Likeness } from '../../scripts/bench/likeness.ts';
import { parseSize } from '../../scripts/bench/options.ts';
import { checkout } from '../support/test-cache.ts';

const run = promisify(execFile);

test('npm run bench measures every figure and writes them as a table and as JSON', async () => {
  const out = await mkdtemp(join(tmpdir(), 'lifeboat-bench-test-'));
  try {
    const { stdout } = await run(
      process.execPath,
      [join(checkout, 'scripts/bench/bench.ts'), '--size', '4MB', '--seed', '7', '--out', out],
      {
        cwd: checkout,
        maxBuffer: 2 ** 24,
      },
    );
    const { seed, figures, likeness } = JSON.parse(await readFile(join(out, 'benchmarks.json'), 'utf8')) as {
      seed: number;
      figures: Figure[];
      likeness: Likeness[];
    };
    assert.equal(seed, 7);
    assert.ok(likeness.length >= 5);
    // What is generated compresses as what servers wrote: else ratios to rivals would mean nothing. So few rows vary by a third.
    for (const { table, generated, written } of likeness)
      assert.ok(Math.abs(generated / written - 1) < 0.35, `${table}: ${generated}, a server's ${written}`);
    const once = { newBytes: 1, seconds: 1, first: 1 };
    assert.deepEqual(
      figures.map(({ name }) => name),
      figuresOf([], { dayOfUse: once, randomEdits: once }).map(({ name }) => name),
    );
    for (const { name, value } of figures) {
      // Only the rival that comes from Debian's packages may be missing.
      if (value === null) assert.match(name, /zstd/);
      assert.ok(stdout.includes(`| ${name} |`), `no row for ${name}`);
    }
    assert.equal(await readFile(join(out, 'benchmarks.md'), 'utf8'), stdout.replace(/\n$/, ''));
  } finally {
    await rm(out, { recursive: true, force: true });
  }
});

test('sizes are decimal', () => {
  assert.deepEqual(['50MB', '1GB', '1.5 gb', '12'].map(parseSize), [50e6, 1e9, 1.5e9, 12]);
  for (const text of ['', '1 TB', '-1', 'MB']) assert.throws(() => parseSize(text), /not a size/);
});
