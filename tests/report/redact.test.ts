import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printable } from '../../src/report/printable.ts';
import { redact } from '../../src/report/redact.ts';

test('passwords in URLs go, whatever they are made of', () => {
  for (const password of ['s3cret', 's3/cret', 's3@cret', 's3:cret', '%40s3cret', 's3cret?x']) {
    const shown = redact(`cannot reach postgresql://letta:${password}@db.example:5432/letta now`);
    assert.ok(!shown.includes('s3'), shown);
    assert.match(shown, /postgresql:\/\/letta:…@db\.example:5432\/letta now/);
  }
});

test('a user without a password, and an address without a user, stay', () => {
  for (const text of ['postgresql://letta@db/letta', 'https://docs.letta.com/a:b', 'pglite:./letta']) assert.equal(redact(text), text);
});

test('password= and age identities go', () => {
  assert.equal(redact('host=db password=s3cret dbname=letta'), 'host=db password=… dbname=letta');
  assert.equal(redact(`key AGE-SECRET-KEY-1${'Q'.repeat(58)} end`), 'key AGE-SECRET-KEY-… end');
});

test('a line of JSON is still one afterwards', () => {
  const line = JSON.stringify({ a: 'postgresql://u:s3cret@h/d', b: 'x@y', c: 'http://z:1' });
  assert.deepEqual(JSON.parse(redact(line)), { a: 'postgresql://u:…@h/d', b: 'x@y', c: 'http://z:1' });
});

test('names cannot move the cursor, colour, break lines or turn text around', () => {
  assert.equal(printable('a\u001b[2Jb'), 'a\ufffd[2Jb');
  assert.equal(printable('two\r\nlines\tand a tab'), 'two lines and a tab');
  assert.equal(printable('\u202egnorw'), '\ufffdgnorw');
  assert.equal(printable('AI/ML Expert – größer 🚀'), 'AI/ML Expert – größer 🚀');
});
