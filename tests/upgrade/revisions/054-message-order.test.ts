import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { upgraded } from './early-harness.ts';
import { defaultOrganization, id } from './early-ids.ts';

const message = (number: number, created_at: string | null) => ({
  id: id('message', number),
  role: 'user',
  tool_calls: [],
  agent_id: id('agent', number % 2),
  organization_id: defaultOrganization,
  created_at,
});
const rows = {
  messages: [
    message(5, null),
    message(4, '2025-01-01'),
    message(3, '2025-01-02'),
    message(2, '2025-01-01'),
    message(1, null),
    message(6, '2024-01-01'),
  ],
};

describe('e991d2e3b428: messages.sequence_id', () => {
  it('counts from 1 by date and id over all agents, messages without a date last', async () => {
    await using built = await upgraded('a66510f83fc2', 'e991d2e3b428', rows);
    const order = await built.query('select id, sequence_id from messages order by sequence_id');
    assert.deepEqual(
      order.map((row) => [row.id, row.sequence_id]),
      [6, 2, 4, 3, 1, 5].map((number, index) => [id('message', number), `${index + 1}`]),
    );
    assert.deepEqual(await built.wrong(), []);
  });

  it('two exchanged, one twice, one beyond and one without are found', async () => {
    await using built = await upgraded('a66510f83fc2', 'e991d2e3b428', rows);
    const at = (number: number) => `where id = '${id('message', number)}'`;
    for (const change of [
      `update messages set sequence_id = 7 - sequence_id ${at(4)} or id = '${id('message', 2)}'`,
      `update messages set sequence_id = case sequence_id when 2 then 3 else 2 end where sequence_id in (2, 3)`,
      `update messages set sequence_id = 5 ${at(5)}`,
      `update messages set sequence_id = 7 ${at(5)}`,
      `update messages set sequence_id = 0 ${at(6)}`,
      `update messages set sequence_id = null ${at(3)}`,
    ]) {
      await built.query('begin');
      await built.query('alter table messages alter sequence_id drop not null');
      await built.query(change);
      assert.notDeepEqual(await built.wrong(), [], change);
      await built.query('rollback');
    }
  });

  it('that is there already is carried', async () => {
    const messages = rows.messages.map((row, index) => ({ ...row, sequence_id: 100 - index }));
    await using built = await upgraded('0ceb975e0063', '05c3bc564286', { messages });
    assert.deepEqual(await built.query(`select sequence_id as s from messages where id = '${id('message', 5)}'`), [{ s: '100' }]);
    assert.deepEqual(await built.wrong(), []);
  });
});
