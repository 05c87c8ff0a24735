import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { brought, named } from './late-findings.ts';

const [below, above] = ['ee2b43eea55e', '27de0f58e076'];

describe('27de0f58e076: conversations', () => {
  it('are named on the way down, and their messages and runs stay', async () => {
    await using built = await brought(above, below, {
      conversations: [{ id: 'conv', agent_id: 'ada' }],
      conversation_messages: [{ id: 'place', conversation_id: 'conv', agent_id: 'ada', message_id: 'aside' }],
      messages: [
        { id: 'aside', agent_id: 'ada', conversation_id: 'conv' },
        { id: 'main', agent_id: 'ada', conversation_id: null },
      ],
      runs: [
        { id: 'run', agent_id: 'ada', conversation_id: 'conv' },
        { id: 'run of main', agent_id: 'ada', conversation_id: null },
      ],
    });
    assert.deepEqual(await built.query('select id from messages order by id'), [{ id: 'aside' }, { id: 'main' }]);
    assert.deepEqual(await built.query('select id from runs order by id'), [{ id: 'run' }, { id: 'run of main' }]);
    assert.deepEqual(await named(built), [
      'dropped conversation_messages: id=place',
      'dropped conversations: id=conv',
      'dropped messages.conversation_id: id=aside',
      'dropped runs.conversation_id: id=run',
    ]);
    assert.deepEqual(built.plan.drops, []);
    assert.deepEqual(await built.wrong(), []);
  });
});
