import assert from 'node:assert/strict';
import { it } from 'node:test';
import { markSql, parseMark, type RestoreMark } from '../../src/postgres/build-mark.ts';

const mark: RestoreMark = {
  lifeboat: 1,
  state: 'incomplete',
  vault: "v'1",
  snapshot: 's',
  plan: 'p',
  created: true,
  time: '2026-01-17T00:00:00Z',
};

it('reads its own mark and nobody else’s', () => {
  assert.deepEqual(parseMark(JSON.stringify(mark)), mark);
  for (const comment of [
    null,
    '',
    'production',
    '{',
    '{}',
    JSON.stringify({ ...mark, lifeboat: 2 }),
    JSON.stringify({ ...mark, state: 'done' }),
  ])
    assert.equal(parseMark(comment), null);
});

it('quotes names and text', () => assert.match(markSql('we"ird', mark), /^comment on database "we""ird" is '.*v''1.*'$/));
