import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findingCounts, findingTable } from '../../src/cli/views/finding-view.ts';
import { snapshotFindingTable } from '../../src/cli/views/verification-views.ts';
import { JsonOutput } from '../../src/report/output-json.ts';
import { PlainOutput } from '../../src/report/output-plain.ts';
import type { Finding } from '../../src/verify/finding.ts';
import { Memory } from '../report/sinks.ts';

const finding = (facts: Partial<Finding>): Finding => ({
  code: 'context-duplicate',
  severity: 'warning',
  where: 'agents.message_ids',
  message: 'It stands there twice.',
  ids: [],
  count: 0,
  why: 'A server sends it twice.',
  repair: null,
  changes: [],
  ...facts,
});
const note = finding({ code: 'rows-set-aside', severity: 'note', where: 'lifeboat_set_aside' });
const error = finding({
  code: 'sequence-behind',
  severity: 'error',
  where: 'message_seq_id',
  ids: ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
  count: 1234,
  repair: 'select setval(…);',
  changes: [{ kind: 'set sequence', sequence: 'message_seq_id', was: '1', next: '9' }],
});

const shown = (findings: readonly Finding[], make: (options: ConstructorParameters<typeof PlainOutput>[0]) => PlainOutput | JsonOutput) => {
  const stdout = new Memory();
  make({ stdout, stderr: new Memory(), quiet: false, verbose: false }).table(findingTable(findings));
  return stdout;
};

describe('findings', () => {
  test('for people: the worst first, in sentences', () => {
    assert.deepEqual(shown([note, error], (options) => new PlainOutput(options)).text.split('\n'), [
      'error  sequence-behind  message_seq_id',
      '    It stands there twice.',
      '    Rows: a, b, c, d, e and 1,229 more',
      '    A server sends it twice.',
      '    Repair: select setval(…);',
      'note  rows-set-aside  lifeboat_set_aside',
      '    It stands there twice.',
      '    A server sends it twice.',
      '',
      '',
    ]);
  });

  test('what differs only in where it is, is one for people and several for programs', () => {
    const two = [note, { ...note, where: 'elsewhere', message: 'There, too.' }, { ...note, why: 'For another reason.' }];
    assert.deepEqual(
      shown(two, (options) => new PlainOutput(options))
        .text.split('\n')
        .slice(0, 5),
      [
        'note  rows-set-aside  lifeboat_set_aside, elsewhere',
        '    lifeboat_set_aside: It stands there twice.',
        '    elsewhere: There, too.',
        '    A server sends it twice.',
        'note  rows-set-aside  lifeboat_set_aside',
      ],
    );
    const lines = shown(two, (options) => new JsonOutput(options))
      .text.trim()
      .split('\n');
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as Finding).where),
      ['lifeboat_set_aside', 'elsewhere', 'lifeboat_set_aside'],
    );
  });

  test('one damaged object with many tables is one damage for people', () => {
    const damaged = (where: string) => ({ code: 'object-damaged', where, object: 'ab12', message: 'Object ab12 is damaged.' });
    const table = snapshotFindingTable([...'abcdefg'].map(damaged));
    assert.equal(table.rows.length, 7);
    assert.deepEqual(table.forPeople, [
      {
        cells: ['7 places', 'object-damaged', 'ab12'],
        below: ['Object ab12 is damaged.', '7 concerned: a, b, c, d, e, and 2 more'],
        tone: 'bad',
      },
    ]);
  });

  test('rows that the sentence names are not named again, and no text of a database moves the cursor', () => {
    const { text } = shown(
      [finding({ ids: ['agent-1'], count: 1, message: '\u001b[31magent-1 has it twice' })],
      (options) => new PlainOutput(options),
    );
    assert.doesNotMatch(text, /Rows:/);
    assert.ok(!text.includes('\u001b'));
    assert.match(text, /agent-1 has it twice/);
  });

  test('for programs: all ids, and how many changes would mend it', () => {
    const [line] = shown([error], (options) => new JsonOutput(options)).lines;
    assert.deepEqual(
      [line?.type, line?.code, line?.ids, line?.count, line?.changes],
      ['finding', 'sequence-behind', ['a', 'b', 'c', 'd', 'e', 'f', 'g'], 1234, 1],
    );
  });

  test('are counted by severity', () => {
    assert.equal(findingCounts([note, error, error]), '2 errors, 1 note');
    assert.equal(findingCounts([]), 'none');
  });
});
