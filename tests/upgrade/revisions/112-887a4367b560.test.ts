import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { brought, named, unnoticed } from './late-findings.ts';

const [below, above] = ['d5103ee17ed5', '887a4367b560'];
const step = (id: string, stop_reason: string | null) => ({ id, agent_id: 'agent-1', stop_reason, status: 'SUCCESS' });

describe('887a4367b560: why a step ended', () => {
  it('keeps every reason on the way up', async () => {
    await using built = await brought(below, above, { steps: [step('a', 'tool_rule'), step('b', null)] });
    assert.deepEqual(await built.query('select id, stop_reason from steps order by id'), [
      { id: 'a', stop_reason: 'tool_rule' },
      { id: 'b', stop_reason: null },
    ]);
    assert.deepEqual(await built.wrong(), []);
  });

  it('keeps those that the enum has on the way down, and names the others', async () => {
    const rows = { steps: [step('a', 'end_turn'), step('b', 'requires_approval'), step('c', null), step('d', 'cancelled')] };
    await using built = await brought(above, below, rows);
    assert.deepEqual(await built.query('select id, stop_reason, status from steps order by id'), [
      { id: 'a', stop_reason: 'end_turn', status: 'SUCCESS' },
      { id: 'b', stop_reason: null, status: 'SUCCESS' },
      { id: 'c', stop_reason: null, status: 'SUCCESS' },
      { id: 'd', stop_reason: 'cancelled', status: 'SUCCESS' },
    ]);
    assert.deepEqual(await named(built), ['dropped steps.stop_reason: id=b']);
    assert.deepEqual(await built.wrong(), []);
    assert.deepEqual(
      await unnoticed(built, [
        `update steps set stop_reason = null where id = 'a'`,
        `update steps set stop_reason = 'error' where id = 'd'`,
        `update steps set stop_reason = 'error' where id = 'c'`,
        `update steps set stop_reason = 'error' where id = 'b'`,
      ]),
      [],
    );
  });
});
