import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseMark } from '../../src/postgres/build-mark.ts';
import { exchangeNote, parseExchange } from '../../src/postgres/exchange-note.ts';
import type { LifeboatError } from '../../src/report/errors.ts';
import { type FormerMark, markText, parseMarks } from '../../src/switch/marks.ts';
import { asideName, checkName } from '../../src/switch/names.ts';
import { parseRolledBack, rolledBackNote } from '../../src/switch/rolled-back.ts';
import { isLoss, lostRows, refuseLosses, reportOf } from '../../src/switch/written.ts';

const time = new Date('2026-11-21T06:21:20.123Z');
const nothing = { reason: null, written: 0, deleted: 0, byBoot: 0, examples: [], agents: [] };

describe('names that databases get', () => {
  it('are what PostgreSQL keeps, new, and the same name’s', () => {
    assert.equal(asideName('letta', 'before', time, new Set()), 'letta_before_20261121_062120');
    assert.equal(asideName('letta', 'before', time, new Set(['letta_before_20261121_062120'])), 'letta_before_20261121_062120_2');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 90 }), (name) => {
        const first = asideName(name, 'rolled_back', time, new Set());
        const second = asideName(name, 'rolled_back', time, new Set([first]));
        assert.ok(Buffer.byteLength(first) <= 63 && Buffer.byteLength(second) <= 63 && first !== second);
        assert.ok(name.startsWith(first.slice(0, first.indexOf('_rolled_back'))));
        assert.ok(!first.includes('\ufffd'));
      }),
    );
  });

  it('a name that PostgreSQL would cut is refused', () => {
    checkName('é'.repeat(31));
    for (const name of ['', 'é'.repeat(32), 'a\0b']) assert.throws(() => checkName(name), { code: 'bad-database-name' });
  });
});

describe('notes on databases', () => {
  const mark: FormerMark = {
    lifeboat: 1,
    state: 'former',
    id: 'a',
    time: 't',
    name: 'le"tta',
    revision: null,
    before: 'somebody’s {"lifeboat":1}',
  };

  it('of what was rolled back say both: how it was built, and that it was rolled back', () => {
    const rolledBack = { name: 'letta', time: 't2', since: 't1', revision: null };
    const built = '{"lifeboat":1,"state":"complete","vault":"v","snapshot":"s","plan":"p","created":true,"time":"t"}';
    const once = rolledBackNote(built, rolledBack);
    assert.deepEqual([parseMark(once), parseRolledBack(once)], [parseMark(built), rolledBack]);
    const twice = rolledBackNote(once, { ...rolledBack, time: 't3' });
    assert.deepEqual([parseMark(twice), parseRolledBack(twice)?.time], [parseMark(built), 't3']);
    assert.deepEqual(parseRolledBack(rolledBackNote(null, rolledBack)), rolledBack);
    for (const text of ['production', '{"lifeboat":1', '{"mine":1}']) assert.equal(rolledBackNote(text, rolledBack), text);
    for (const text of [null, '', 'production', '{"lifeboat":1', built, '{"lifeboat":1,"rolledBack":{"name":"letta"}}'])
      assert.equal(parseRolledBack(text), null);
  });

  it('come back as they were written; texts of others are nobody’s mark', () => {
    assert.deepEqual(parseMarks(markText(mark)), mark);
    for (const text of [
      null,
      '',
      'production',
      '{"lifeboat":1',
      '{"lifeboat":1,"state":"former"}',
      '{"lifeboat":2,"state":"former","id":"a"}',
    ])
      assert.equal(parseMarks(text), null);
    const exchange = {
      id: 'e',
      time: 't',
      name: 'a',
      incoming: 'b',
      outgoing: null,
      before: { incoming: { note: markText(mark), connectable: true }, outgoing: null },
    };
    assert.deepEqual(parseExchange(exchangeNote(exchange)), exchange);
    for (const text of [null, markText(mark), '{"lifeboat":1,"state":"switching"}', '{"lifeboat":1,"state":"switching",'])
      assert.equal(parseExchange(text), null);
  });
});

describe('the report of written rows', () => {
  it('has the same id for the same rows in any order, and another for any other row', () => {
    const tables = [
      { ...nothing, table: 'b', written: 2, examples: ['id=1'] },
      { ...nothing, table: 'a', deleted: 1, agents: ['agent-1'] },
    ];
    const report = reportOf(tables, new Map([['agent-1', 'Memo']]));
    assert.equal(report.id, reportOf(tables.toReversed(), new Map()).id);
    assert.notEqual(report.id, reportOf([tables[0] ?? assert.fail(), { ...nothing, table: 'a', deleted: 2 }], new Map()).id);
    assert.deepEqual(report.agents, [{ id: 'agent-1', name: 'Memo' }]);
    assert.equal(lostRows(report), 3);
    assert.throws(() => refuseLosses('letta', report, null, 'restored'), { code: 'rows-written' });
    assert.throws(() => refuseLosses('letta', report, 'other', 'restored'), { code: 'rows-written' });
    refuseLosses('letta', report, report.id, 'restored');
    const advice = (other: 'restored' | 'upgraded' | 'former') => {
      try {
        refuseLosses('letta', report, null, other);
      } catch (error) {
        return (error as LifeboatError).next;
      }
      return '';
    };
    assert.match(advice('upgraded'), /run the upgrade .* again to another name.*--accept-losses/);
    assert.match(advice('former'), /^They stay in letta, .*--accept-losses/);
  });

  it('what a boot wrote is no loss, anything beyond it is', () => {
    assert.equal(isLoss({ ...nothing, table: 'tools', written: 3, byBoot: 3 }), false);
    assert.equal(isLoss({ ...nothing, table: 'tools', written: 4, byBoot: 3 }), true);
    assert.equal(isLoss({ ...nothing, table: 'tools', written: 3, byBoot: 3, deleted: 1 }), true);
    assert.equal(isLoss({ ...nothing, table: 'mine', reason: 'extra table' }), true);
    refuseLosses('letta', reportOf([{ ...nothing, table: 'tools', written: 3, byBoot: 3 }], new Map()), null, 'former');
  });
});
