import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fitTable } from '../../src/report/fit-table.ts';
import type { TableColumn } from '../../src/report/output.ts';

const columns: TableColumn[] = [
  { title: 'id', whole: true },
  { title: 'time', short: { title: 'time (UTC)', cell: (text) => text.slice(0, 16) } },
  { title: 'name' },
  { title: 'rows', align: 'right', spare: 1 },
  { title: 'release', spare: 2 },
];
const rows = [
  { cells: ['f70a60709445ffe2', '2026-11-21 06:00:02 UTC', 'a name of some length', '1,234,567', '0.16.7 – 0.16.8'] },
  { cells: ['394b440b5d12bdea', '2026-11-21 07:00:02 UTC', 'letta', '7', 'unknown'], tone: 'bad' as const },
];
const titles = (width: number) => fitTable(columns, rows, { width, gap: 2 }).columns.map(({ title }) => title);

test('first the short forms, then the columns that can be spared, the lowest number first', () => {
  assert.deepEqual(titles(92), ['id', 'time', 'name', 'rows', 'release']);
  assert.deepEqual(titles(91), ['id', 'time (UTC)', 'name', 'rows', 'release']);
  assert.deepEqual(titles(80), ['id', 'time (UTC)', 'name', 'release']);
  const narrow = fitTable(columns, rows, { width: 60, gap: 2 });
  assert.deepEqual(narrow.leftOut, ['rows', 'release']);
  assert.deepEqual(narrow.rows[1], { cells: ['394b440b5d12bdea', '2026-11-21 07:00', 'letta'], tone: 'bad' });
  assert.deepEqual(narrow.widths, [null, null, null]);
});

test('a terminal that does not know how wide it is gets everything', () => {
  for (const width of [0, 1, Number.POSITIVE_INFINITY])
    assert.deepEqual(fitTable(columns, rows, { width, gap: 2 }), { columns, rows, widths: columns.map(() => null), leftOut: [] });
});

test('for any cells and widths: what is whole stays whole, what is left out had to be, and lines fit where columns can be wrapped', () => {
  const cell = fc.string({ unit: 'grapheme-ascii', maxLength: 60 });
  const row = fc.tuple(cell, cell, cell, cell, cell).map((cells) => ({ cells: ['f70a60709445ffe2', ...cells.slice(1)] }));
  const holds = (some: { cells: string[] }[], width: number) => {
    const fitted = fitTable(columns, some, { width, gap: 2 });
    const natural = fitted.columns.map(({ title }, index) =>
      Math.max(title.length, ...fitted.rows.map(({ cells }) => cells[index]?.length ?? 0)),
    );
    const widths = natural.map((each, index) => fitted.widths[index] ?? each);
    assert.equal(fitted.widths[0], null);
    assert.ok(fitted.rows.every(({ cells }) => cells.length === fitted.columns.length && cells[0] === 'f70a60709445ffe2'));
    assert.deepEqual(fitted.leftOut, ['rows', 'release'].slice(0, fitted.leftOut.length));
    assert.ok(widths.reduce((sum, each) => sum + each, 2 * (widths.length - 1)) <= width, JSON.stringify({ widths, width }));
  };
  fc.assert(fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), fc.integer({ min: 40, max: 200 }), holds), { numRuns: 1000 });
});
