import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { upgraded } from './early-harness.ts';
import { defaultOrganization, id } from './early-ids.ts';

describe('f2f78d62005c and 7b189006c97d: batches of 0.6.49 … 0.6.53', () => {
  const rows = {
    llm_batch_job: [
      {
        id: id('batch_req', 1),
        status: 'created',
        llm_provider: 'anthropic',
        create_batch_response: {},
        organization_id: defaultOrganization,
      },
    ],
    llm_batch_items: [
      {
        id: id('batch_item', 1),
        batch_id: id('batch_req', 1),
        llm_config: {},
        request_status: 'created',
        step_status: 'paused',
        step_state: {},
        agent_id: id('agent', 1),
        organization_id: defaultOrganization,
      },
    ],
  };

  it('are set aside with their items, since no job of Letta’s belonged to them; items keep their batch under its new name', async () => {
    await using built = await upgraded('0ceb975e0063', '05c3bc564286', rows);
    assert.deepEqual(await built.query('select id from llm_batch_job'), []);
    assert.deepEqual(await built.query('select id from lifeboat_set_aside.llm_batch_job'), [{ id: id('batch_req', 1) }]);
    // Items follow their batch, or a foreign key would not hold.
    assert.deepEqual(await built.query('select id from llm_batch_items'), []);
    assert.deepEqual(await built.query('select llm_batch_id as b from lifeboat_set_aside.llm_batch_items'), [{ b: id('batch_req', 1) }]);
    assert.deepEqual(await built.wrong(), []);
    assert.equal(built.plan.drops.length, 0);
  });
});
