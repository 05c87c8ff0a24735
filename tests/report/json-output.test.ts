import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { LifeboatError } from '../../src/report/errors.ts';
import type { Output } from '../../src/report/output.ts';
import { JsonOutput } from '../../src/report/output-json.ts';
import { Memory } from './sinks.ts';

const contract = readFileSync(join(import.meta.dirname, '../../docs/json-output.md'), 'utf8');

/** What `tell` makes the output say, with a clock that starts at 12:00:00 and stands until it is moved. */
function said(tell: (output: Output, tick: (seconds: number) => void) => void, flags: { quiet?: boolean; verbose?: boolean } = {}): Memory {
  const [stdout, stderr] = [new Memory(), new Memory()];
  let now = Date.parse('2026-01-17T12:00:00Z');
  const output = new JsonOutput({ stdout, stderr, quiet: false, verbose: false, ...flags }, () => new Date(now));
  tell(output, (seconds) => {
    now += seconds * 1000;
  });
  assert.equal(stderr.text, '', 'JSON lines go to stdout alone');
  return stdout;
}

const line = (type: string, fields: string) => `{"type":"${type}","version":1,"time":"2026-01-17T12:00:00.000Z",${fields}}\n`;

describe('JSON lines, as docs/json-output.md promises them', () => {
  test('summary', () => {
    const fields = {
      snapshot: '9f86d081884c7d65',
      contentId: 'ab',
      rows: 7,
      bytes: 70,
      newBytes: 7,
      seconds: 1.5,
      warnings: [{ code: 'c', message: 'm', partial: false }],
    };
    assert.equal(
      said((output) => output.summary({ fields, tone: 'good', title: 'for people', facts: [['only', 'for people']], next: ['lifeboat'] }))
        .text,
      line(
        'summary',
        '"snapshot":"9f86d081884c7d65","contentId":"ab","rows":7,"bytes":70,"newBytes":7,"seconds":1.5,"warnings":[{"code":"c","message":"m","partial":false}]',
      ),
    );
  });

  test('error', () => {
    assert.equal(
      said((output) => output.error(new LifeboatError('no-vault', { vault: '/srv/vault' }))).text,
      line(
        'error',
        '"code":"no-vault","exit":10,"message":"There is no vault at /srv/vault.","why":"No vault.json lies there.","next":"Check that the path is right and its disk is mounted. Only for a new vault: lifeboat init --vault /srv/vault","facts":{"vault":"/srv/vault"}',
      ),
    );
  });

  test('phase, warning; progress at most once a second', () => {
    const stdout = said(({ reporter }, tick) => {
      reporter.phase('copy', { bytes: 100 });
      reporter.progress({ bytes: 1 });
      reporter.warning({ code: 'c', message: 'm', partial: true });
      reporter.detail('not without --verbose');
      tick(2);
      reporter.progress({ bytes: 50, rows: 5, what: 'messages' });
      reporter.progress({ bytes: 60 });
    });
    assert.equal(
      stdout.text,
      line('phase', '"phase":"copy","total":{"rows":null,"bytes":100}') +
        line('warning', '"code":"c","message":"m","partial":true') +
        '{"type":"progress","version":1,"time":"2026-01-17T12:00:02.000Z","phase":"copy","rows":5,"bytes":50,"what":"messages","secondsLeft":2}\n',
    );
  });

  test('--quiet leaves phases and progress out, --verbose adds details and a trace', () => {
    const quiet = said(
      ({ reporter }, tick) => {
        reporter.phase('copy');
        tick(9);
        reporter.progress({ rows: 1 });
      },
      { quiet: true },
    );
    assert.equal(quiet.text, '');
    const verbose = said(
      (output) => {
        output.reporter.detail('text');
        output.error(new LifeboatError('internal', { reason: 'r' }, { cause: new Error('deeper') }));
      },
      { verbose: true },
    );
    assert.deepEqual(
      verbose.lines.map(({ type }) => type),
      ['detail', 'error'],
    );
    assert.match(JSON.stringify(verbose.lines[1]?.trace), /deeper/);
  });

  test("a table is a line per row; a row's own time takes the place of the line's", () => {
    const { text } = said((output) =>
      output.table({
        type: 'snapshot',
        columns: [],
        rows: [{ cells: [], fields: { snapshot: 'a', time: '2026-01-01T00:00:00.000Z' } }],
        empty: 'nothing',
      }),
    );
    assert.equal(text, '{"type":"snapshot","version":1,"time":"2026-01-01T00:00:00.000Z","snapshot":"a"}\n');
    assert.equal(said((output) => output.table({ type: 'snapshot', columns: [], rows: [], empty: 'nothing' })).text, '');
  });

  test('a document is given as it is, then a summary ends it', () => {
    const { lines } = said((output) => output.document({ type: 'kit', text: 'postgresql://u:p@h kept\n', fields: { file: null } }));
    assert.deepEqual(
      lines.map(({ type, text, file }) => [type, text, file]),
      [
        ['kit', 'postgresql://u:p@h kept\n', undefined],
        ['summary', undefined, null],
      ],
    );
  });

  test('no password gets through, even in a fact', () => {
    const { text } = said((output) => output.error(new LifeboatError('internal', { reason: 'postgresql://u:s3cret@h/d' })));
    assert.ok(!text.includes('s3cret'));
    JSON.parse(text);
  });

  test('what is taken out of a text leaves the line JSON', () => {
    const { text } = said((output) => output.reporter.warning({ code: 'c', message: 'agent password=a"b', partial: false }));
    assert.equal((JSON.parse(text) as { message: string }).message, 'agent password=…"b');
  });

  test('every type of line that the sources make is in the contract', () => {
    for (const type of [
      'plan',
      'phase',
      'progress',
      'warning',
      'detail',
      'snapshot',
      'table',
      'agent',
      'key',
      'finding',
      'difference',
      'kit',
      'writer-key',
      'summary',
      'error',
    ])
      assert.match(contract, new RegExp(`^### \`${type}\``, 'm'), type);
  });
});
