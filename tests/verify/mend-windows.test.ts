import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mendedWindow } from '../../src/verify/mend-windows.ts';

const entry = (id: string, role: string | null = 'user') => ({ id, role });
const system = entry('s', 'system');

test('a window that a server can load stays as it is', () => {
  assert.deepEqual(mendedWindow([system, entry('a'), entry('b')], 's'), ['s', 'a', 'b']);
});

test('ids that lead nowhere go, and each message stays where it stood first', () => {
  assert.deepEqual(mendedWindow([system, entry('a'), entry('gone', null), entry('b'), entry('a')], 's'), ['s', 'a', 'b']);
});

test('the system message comes first, from within or from outside the window', () => {
  assert.deepEqual(mendedWindow([entry('a'), system, entry('b')], 's'), ['s', 'a', 'b']);
  assert.deepEqual(mendedWindow([entry('gone', null), entry('a')], 's'), ['s', 'a']);
  assert.deepEqual(mendedWindow([], 's'), ['s']);
});

test('another system message in front is left there: which one is the prompt, nobody can tell', () => {
  assert.deepEqual(mendedWindow([entry('t', 'system'), entry('a')], 's'), ['t', 'a']);
});

test('without a system message there is none to put in front', () => {
  assert.deepEqual(mendedWindow([entry('a'), entry('gone', null)], null), ['a']);
  assert.deepEqual(mendedWindow([], null), []);
});
