import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ErrorCode, errorRegistry } from '../../src/report/error-registry.ts';
import { LifeboatError } from '../../src/report/errors.ts';
import { exitCodes } from '../../src/report/exit-codes.ts';

const entries = Object.entries(errorRegistry);
const verbs = readdirSync(join(import.meta.dirname, '../../src/cli/verbs')).map((file) => file.replace(/\.ts$/, ''));

for (const [code, { exit, what, why, next }] of entries) {
  test(`${code}: says what, why and what now`, () => {
    assert.match(code, /^[a-z]+(?:-[a-z]+)*$/);
    assert.ok((Object.values(exitCodes) as number[]).includes(exit) && exit !== exitCodes.done, `exit code ${exit} is none of ours`);
    assert.ok(what.length > 3 && why.length > 3 && next.length > 3, 'something is empty');
    // A command (lifeboat, psql, npm …), an instruction that begins with a verb, or the remedy that the facts bring.
    assert.match(next, /^(?:\{(?:remedy|help)\}|[A-Za-z][\w-]* \S|[a-z-]+$)/, next);
  });

  test(`${code}: names only verbs that exist`, () => {
    for (const [, verb] of `${what} ${why} ${next}`.matchAll(/\blifeboat ([a-z]+)\b/g))
      assert.ok(verbs.includes(verb ?? ''), `lifeboat ${verb}`);
  });
}

test('facts fill every place they are named in, lists with commas', () => {
  const error = new LifeboatError('tables-unreadable', { tables: ['public.a', 'public.b'], count: 2 });
  assert.match(error.message, /2 .*public\.a, public\.b/);
  assert.equal(error.exit, exitCodes.precondition);
});

test('what was not confirmed says so of both kinds of question: for a yes, and for a name to be typed', () => {
  const { why } = new LifeboatError('declined');
  assert.match(why, /answered with no, or with another word than the name/);
});

test('every code that the sources throw is registered', () => {
  const root = join(import.meta.dirname, '../../src');
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))) {
    for (const [, code] of readFileSync(join(root, file), 'utf8').matchAll(/new LifeboatError\('([a-z-]+)'/g))
      assert.ok((code as ErrorCode) in errorRegistry, `${file}: ${code}`);
  }
});

test('a time is a fact for programs, and reads as everywhere else', () => {
  const since = '2026-11-21T06:21:20.000Z';
  const error = new LifeboatError('switch-too-old', { since });
  assert.equal(error.facts.since, since);
  const said = `${error.message} ${error.why} ${error.next}`;
  assert.ok(said.includes('2026-11-21 06:21:20 UTC') && !said.includes(since), said);
});
