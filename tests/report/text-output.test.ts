import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LifeboatError } from '../../src/report/errors.ts';
import type { TableView } from '../../src/report/output.ts';
import { PlainOutput } from '../../src/report/output-plain.ts';
import { TerminalOutput } from '../../src/report/output-terminal.ts';
import { Memory } from './sinks.ts';

const streams = (flags: { quiet?: boolean; verbose?: boolean } = {}) => ({
  stdout: new Memory(),
  stderr: new Memory(),
  quiet: false,
  verbose: false,
  ...flags,
});
const table: TableView = {
  type: 'agent',
  columns: [{ title: 'name' }, { title: 'rows', align: 'right' }],
  rows: [
    { cells: ['AI/ML Expert', '7'], fields: {} },
    { cells: ['\u001b[31mMemo', '1,234'], fields: {}, tone: 'bad' },
  ],
  empty: 'none',
};

describe('a table on a terminal', () => {
  const wide = (columns: number | undefined) => {
    const options = streams();
    if (columns !== undefined) Object.assign(options.stdout, { columns });
    new TerminalOutput(options).table({
      ...table,
      rows: [
        {
          cells: [
            'why an agent of that release would not be found there, and an_unbroken_word_of_sixty_characters_that_has_to_be_seen_whole_too',
            '7',
          ],
          fields: {},
        },
      ],
    });
    return options.stdout.text;
  };

  test('is wrapped at its widest column where the terminal is too narrow, and loses nothing', () => {
    const text = wide(60);
    for (const line of text.split('\n')) assert.ok(line.trimEnd().length <= 60, line);
    const words = text.replaceAll(/\s|7/g, '');
    assert.match(words, /whyanagentofthatrelease.*an_unbroken_word_of_sixty_characters_that_has_to_be_seen_whole_too/);
  });

  test('an id is never broken: it is to be copied', () => {
    const id = 'agent-e620c569-dc69-4520-9db2-842d6478b0a8';
    const options = streams();
    Object.assign(options.stdout, { columns: 80 });
    new TerminalOutput(options).table({
      ...table,
      columns: [{ title: 'agent' }, { title: 'id', whole: true }, { title: 'state' }],
      rows: [{ cells: ['a name of an agent that is long', id, 'not as in the snapshot at all'], fields: {} }],
    });
    assert.ok(options.stdout.text.includes(id), options.stdout.text);
  });

  test('sentences under a row are broken between words, words never', () => {
    const options = streams();
    Object.assign(options.stdout, { columns: 40 });
    const word = 'x'.repeat(50);
    new TerminalOutput(options).table({
      ...table,
      rows: [{ cells: ['a', 'b'], below: [`A sentence with more words than forty characters hold, and ${word}`], fields: {} }],
    });
    const lines = options.stdout.text.trimEnd().split('\n').slice(1);
    assert.ok(
      lines.every((line) => line.startsWith('    ') && (line.length <= 40 || line.trim() === word)),
      options.stdout.text,
    );
    assert.equal(lines.map((line) => line.trim()).join(' '), `A sentence with more words than forty characters hold, and ${word}`);
  });

  test('what the summary says in short is left out by --quiet', () => {
    const options = streams({ quiet: true });
    new TerminalOutput(options).table({ ...table, detail: true });
    assert.equal(options.stdout.text, '');
    new TerminalOutput(options).table(table);
    assert.notEqual(options.stdout.text, '');
  });

  test('is left as it is where nobody says how wide the terminal is', () => {
    assert.equal(wide(undefined).split('\n').length, 3);
  });
});

describe('plain lines', () => {
  test('a table is aligned, and names in it cannot hold escape sequences', () => {
    const options = streams();
    new PlainOutput(options).table(table);
    assert.equal(options.stdout.text, 'name           rows\nAI/ML Expert      7\n\ufffd[31mMemo     1,234\n');
    new PlainOutput(options).table({ ...table, rows: [] });
    assert.match(options.stdout.text, /none\n$/);
  });

  test('an error says what, why, what now and its code, on stderr', () => {
    const options = streams();
    new PlainOutput(options).error(new LifeboatError('no-vault', { vault: '/srv/vault' }));
    assert.equal(options.stdout.text, '');
    assert.equal(
      options.stderr.text,
      'error: There is no vault at /srv/vault.\n  No vault.json lies there.\n  Now: Check that the path is right and its disk is mounted. Only for a new vault: lifeboat init --vault /srv/vault\n  (no-vault, exit code 10)\n',
    );
  });

  test('a stack is shown only with --verbose, without passwords', () => {
    const error = new LifeboatError('internal', { reason: 'r' }, { cause: new Error('postgresql://u:s3cret@h') });
    const [short, long] = [streams(), streams({ verbose: true })];
    new PlainOutput(short).error(error);
    new PlainOutput(long).error(error);
    assert.doesNotMatch(short.stderr.text, /\n {4}at /);
    assert.match(long.stderr.text, /postgresql:\/\/u:…@h\n {4}at /);
  });

  test('progress is a line every few seconds', () => {
    let now = 0;
    const options = streams();
    const { reporter } = new PlainOutput(options, () => now);
    reporter.phase('copy', { bytes: 1024 });
    for (const at of [1000, 4999, 5000, 6000, 10_000]) {
      now = at;
      reporter.progress({ bytes: at / 10 });
    }
    assert.equal(options.stderr.text.split('\n').filter((line) => line.startsWith('copy: ')).length, 2);
  });

  test('a summary ends with the next command; a few warnings of each kind', () => {
    const options = streams();
    const warnings = Array.from({ length: 8 }, (_, index) => ({ code: 'alike', message: `number ${index}`, partial: false }));
    new PlainOutput(options).summary({
      fields: {},
      tone: 'warning',
      title: 'Done.',
      facts: [['rows', '7']],
      timings: { copy: 1.2, commit: 0.1 },
      warnings,
      next: ['lifeboat list'],
    });
    assert.equal(
      options.stdout.text,
      'Done.\n  rows    7\n  phases  copy 1.2 s · commit 0.1 s\n  warning: number 0 (alike)\n  warning: number 1 (alike)\n  warning: number 2 (alike)\n  and 5 more of this kind; --verbose shows all\n\nNext:\n  lifeboat list\n',
    );
  });

  test('--quiet: nothing when all is well, the summary when it is not or was asked for', () => {
    const view = { fields: {}, title: 'T', facts: [], next: ['n'] };
    const said = (tone: 'good' | 'bad', essential = false) => {
      const options = streams({ quiet: true });
      const output = new PlainOutput(options);
      output.plan({ fields: {}, title: 'P', facts: [], steps: [], notes: [], refusals: [] });
      output.summary({ ...view, tone, essential });
      return options.stdout.text + options.stderr.text;
    };
    assert.equal(said('good'), '');
    assert.equal(said('bad'), 'T\n');
    assert.equal(said('good', true), 'T\n');
  });
});

test('a terminal gets the same words; colours only where the stream takes them', () => {
  const options = streams();
  const output = new TerminalOutput(options);
  output.table(table);
  output.summary({ fields: {}, tone: 'good', title: 'Done.', facts: [], next: [] });
  assert.match(options.stdout.text, /^name +rows *\nAI\/ML Expert +7 *\n\ufffd\[31mMemo +1,234 *\nDone\.\n$/);
});
