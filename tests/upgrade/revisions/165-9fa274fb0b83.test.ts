import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { brought, named, unnoticed } from './late-findings.ts';

const [below, above] = ['45402909a46b', '9fa274fb0b83'];
const agents = ['tagged', 'shown', 'hidden', 'plain', 'hidden by hand'].map((id) => ({
  id,
  hidden: id.startsWith('hidden') ? true : id === 'shown' ? false : null,
}));
const agents_tags = ['tagged', 'shown', 'hidden'].map((agent_id) => ({ agent_id, tag: 'role:subagent' }));

describe('9fa274fb0b83: agents that are subagents', () => {
  it('are hidden, and named with the way back', async () => {
    const rows = { agents, agents_tags: [...agents_tags, { agent_id: 'plain', tag: 'role:other' }] };
    await using built = await brought(below, above, rows);
    assert.deepEqual(await built.query('select id, hidden from agents order by id'), [
      { id: 'hidden', hidden: 't' },
      { id: 'hidden by hand', hidden: 't' },
      { id: 'plain', hidden: null },
      { id: 'shown', hidden: 't' },
      { id: 'tagged', hidden: 't' },
    ]);
    assert.deepEqual(await named(built), ['derived agents.hidden: id=shown id=tagged']);
    assert.deepEqual(built.plan.drops, []);
    assert.deepEqual(await built.wrong(), []);
    assert.deepEqual(
      await unnoticed(built, [
        `update agents set hidden = null where id = 'tagged'`,
        `update agents set hidden = false where id = 'hidden'`,
        `update agents set hidden = true where id = 'plain'`,
        `update agents set hidden = null where id = 'hidden by hand'`,
      ]),
      [],
    );
    const [back] = built.plan.chain.losses.flatMap(({ wayBack }) => wayBack ?? []);
    await built.query(back!);
    assert.deepEqual(await built.query('select id from agents where hidden order by id'), [{ id: 'hidden by hand' }]);
  });

  it('stay as they are on the way down', async () => {
    await using built = await brought(above, below, { agents, agents_tags });
    assert.deepEqual(await built.query('select count(*) as n from agents where hidden'), [{ n: '2' }]);
    assert.deepEqual(await built.wrong(), []);
  });
});
