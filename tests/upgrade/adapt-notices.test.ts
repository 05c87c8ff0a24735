import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRelease } from '../../src/letta/catalogue.ts';
import { noticeValues } from '../../src/upgrade/adapt/notice-values.ts';
import type { Built } from '../../src/upgrade/built.ts';
import { builtFromFixture } from './built-from-fixture.ts';

const notices = (built: Built, release: string) =>
  noticeValues(built, release, { sessions: [built.session], signal: new AbortController().signal });

const headOf = (release: string): string => findRelease(release)?.head ?? assert.fail(release);

test('what 0.16.8 will not do with rows that it loads is said, and nothing changes', async () => {
  await using built = await builtFromFixture('letta-0.11.3', headOf('0.16.8'));
  const before = await notices(built, '0.16.8');
  assert.deepEqual(
    before.map(({ code }) => code),
    ['name-not-exportable'], // "AI/ML Expert"
  );
  assert.match(before[0]?.message ?? '', /^1 agent with a name .* such as agent-/);
  await built.query(`update tools set id = 'tool-00000000-0000-1000-8000-000000000000' where id = (select min(id) from tools)`);
  await built.query(`update agents set name = 'Zoë’s "agent"' where name = 'Memo'`);
  const after = await notices(built, '0.16.8');
  assert.deepEqual(
    after.map(({ message }) => message.slice(0, message.indexOf(' with'))),
    ['2 agents', '1 row of tools'],
  );
  assert.ok(after.every(({ partial }) => !partial));
});

test('names in any script are fine since 0.13.0', async () => {
  await using built = await builtFromFixture('letta-0.16.8', headOf('0.16.2'));
  await built.query(`update agents set name = 'Zoë O''Brien-東京_1'`);
  assert.deepEqual(await notices(built, '0.16.2'), []);
});

test('what 0.11.3 cannot show or do', async () => {
  await using built = await builtFromFixture('letta-0.16.8', headOf('0.11.3'));
  const given = (await notices(built, '0.11.3')).map(({ code }) => code);
  assert.deepEqual(given, []); // its exports take any name
  const assistant = (n: number) => `(select id from messages where role = 'assistant' order by id offset ${n} limit 1)`;
  await built.query(
    `update messages set content = '[{"type": "summarized_reasoning", "id": "r", "summary": []}]' where id = ${assistant(0)}`,
  );
  await built.query(`update messages set content = '[{"type": "text", "text": "summarized_reasoning"}]' where id = ${assistant(1)}`);
  await built.query(`update messages set tool_calls = '[{"id": "a"}, {"id": "b"}]' where id = ${assistant(2)}`);
  const found = await notices(built, '0.11.3');
  assert.deepEqual(
    found.map(({ code, message }) => `${code} ${message.split(' ')[0]}`),
    ['message-parts-hidden 1', 'parallel-calls 1'],
  );
});
