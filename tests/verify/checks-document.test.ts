import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checksDocument } from '../../scripts/checks-document.ts';
import { allChecks } from '../../src/verify/all-checks.ts';

const root = join(import.meta.dirname, '../..');

test('docs/checks.md says what the checks say', () => {
  const written = readFileSync(join(root, 'docs/checks.md'), 'utf8');
  assert.ok(written === checksDocument(allChecks), 'docs/checks.md is not up to date: run `npm run docs:checks` and commit it');
});

test('each check has a code of its own, and a file of that name', () => {
  const codes = allChecks.map(({ code }) => code);
  assert.deepEqual(
    codes.filter((code, index) => codes.indexOf(code) !== index),
    [],
  );
  for (const code of codes) {
    assert.match(code, /^[a-z]+(-[a-z]+)*$/);
    assert.ok(existsSync(join(root, `src/verify/checks/${code}.ts`)), `src/verify/checks/${code}.ts`);
  }
});

test('each check is tested by what is planted for it, not by what is true of a fixture only', () => {
  const folder = join(root, 'tests/verify/checks');
  const tests = readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && name !== 'true-of-fixtures.ts')
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
  assert.deepEqual(
    allChecks.map(({ code }) => code).filter((code) => !tests.includes(`'${code}'`)),
    [],
  );
});

test('what is shown of a check can stand in a table of Markdown', () => {
  for (const { code, looksFor, effect } of allChecks)
    for (const text of [looksFor, effect]) assert.match(text, /^\S.*[.)]$/, `${code}: a sentence: ${text}`);
});
