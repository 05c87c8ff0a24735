import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { serverTarget } from '../../src/postgres/server-target.ts';
import { LifeboatError } from '../../src/report/errors.ts';
import { PlainOutput } from '../../src/report/output-plain.ts';
import { Memory } from '../report/sinks.ts';

/** Everything that is printed of an error, the chain of its causes included. */
function printed(error: LifeboatError): string {
  const options = { stdout: new Memory(), stderr: new Memory(), quiet: false, verbose: true };
  new PlainOutput(options).error(error);
  return options.stdout.text + options.stderr.text + JSON.stringify(error.facts);
}

/** What is printed without where in the program it was thrown. */
const words = (error: LifeboatError) => printed(error).replaceAll(/^\s+at .*$/gm, '');

const refusal = (url: string): LifeboatError | null => {
  try {
    openDatabase(url, { environment: {} });
    return null;
  } catch (error) {
    assert.ok(error instanceof LifeboatError, String(error));
    return error;
  }
};

const secret = 's3cretXQZ';

test('a password typed as it is: refused with the way to write it, and nothing of the URL is repeated', () => {
  for (const password of [
    `p@ss/${secret}`,
    `${secret}/w`,
    `a@${secret}`,
    `12?${secret}`,
    `1#${secret}`,
    `12?x=${secret}`,
    `a@b?c=${secret}`,
  ]) {
    const error = refusal(`postgresql://letta:${password}@localhost:54329/letta`);
    assert.deepEqual([error?.code, error?.exit], ['url-not-encoded', 2], password);
    assert.ok(error);
    assert.doesNotMatch(printed(error), /s3cret|XQZ|localhost|54329/);
    for (const way of ['%40', '%2F', '%3A', '%23', '%3F', 'PGPASSWORD', '~/.pgpass']) assert.ok(error.next.includes(way), way);
  }
});

test('a password in the query: cut short by # and & it is refused', () => {
  for (const url of [
    `postgresql://me@h/d?password=a#${secret}`,
    `postgresql://me@h/d?password=a&${secret}`,
    `postgresql:///d?password=a@${secret}`,
  ])
    assert.equal(refusal(url)?.code, 'url-not-encoded', url);
  const { password, host } = serverTarget('postgresql://me@h/d?password=a%23b%26c%40d&application_name=x', {});
  assert.deepEqual([password, host], ['a#b&c@d', 'h']);
});

test('for any password typed as it is: read exactly, or refused with words that do not depend on it', () => {
  const always = refusal('postgresql://letta:a@b@localhost:54329/letta');
  assert.ok(always);
  const special = fc.constantFrom('@', '/', ':', '#', '?', '&', '=', '+', '[', ']', '\\', '"', ' ');
  const plain = fc.constantFrom(...'abzABZ0129-_.!');
  // A % would be the beginning of a character written in percent form: what is meant by it cannot be told.
  const passwords = fc.string({ unit: fc.oneof(special, plain), minLength: 1, maxLength: 24 });
  let refused = 0;
  let read = 0;
  const holds = (password: string) => {
    const url = `postgresql://letta:${password}@localhost:54329/letta`;
    const error = refusal(url);
    if (error === null) {
      const { host, port, user, password: understood, database } = serverTarget(url, {});
      assert.deepEqual(
        { host, port, user, understood, database },
        { host: 'localhost', port: 54329, user: 'letta', understood: password, database: 'letta' },
      );
      assert.equal(openDatabase(url, { environment: {} }).label, 'postgresql://letta@localhost:54329/letta');
      read++;
    } else {
      assert.equal(words(error), words(always));
      refused++;
    }
  };
  fc.assert(fc.property(passwords, holds), { numRuns: 2000 });
  assert.ok(refused > 100 && read > 100, `${refused} refused, ${read} read`);
});

test('no piece of such a password is printed', () => {
  const fixed = words(new LifeboatError('url-not-encoded', {}));
  const passwords = fc.string({
    unit: fc.oneof(fc.constantFrom('@', '/', ':', '#', '?'), fc.constantFrom(...'QXZ789')),
    minLength: 3,
    maxLength: 24,
  });
  const holds = (password: string) => {
    const error = refusal(`postgresql://letta:${password}@localhost:54329/letta`);
    const shown =
      error === null ? openDatabase(`postgresql://letta:${password}@localhost:54329/letta`, { environment: {} }).label : words(error);
    for (let at = 0; at + 3 <= password.length; at++) {
      const piece = password.slice(at, at + 3);
      // `://` and the like stand in every address.
      if (/[A-Z0-9]/.test(piece) && !fixed.includes(piece)) assert.ok(!shown.includes(piece), `${piece} in ${shown}`);
    }
  };
  fc.assert(fc.property(passwords, holds), { numRuns: 1000 });
});
