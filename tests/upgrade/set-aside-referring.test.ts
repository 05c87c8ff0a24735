import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setAside } from '../../src/upgrade/set-aside.ts';
import { setAsideReferring } from '../../src/upgrade/set-aside-referring.ts';
import { brought } from './revisions/late-findings.ts';

const message = (id: string, step_id: string | null) => ({ id, agent_id: 'ada', organization_id: 'o', step_id });

describe('what refers to rows that are set aside', () => {
  it('follows them, or refers to nothing where that may be', async () => {
    await using upgraded = await brought('45402909a46b', '9fa274fb0b83', {
      organizations: [{ id: 'o' }],
      agents: [{ id: 'ada', organization_id: 'o' }],
      steps: [{ id: 'gone' }, { id: 'here' }],
      step_metrics: ['gone', 'here'].map((id) => ({ id, agent_id: 'ada' })),
      messages: [message('1', 'gone'), message('2', 'here'), message('3', null), message('4', 'never there')],
    });
    const { session, plan } = upgraded;
    const built = { session, home: 'built', model: plan.model, from: plan.chain.from, to: plan.chain.to };
    assert.deepEqual(await setAsideReferring(built, 'steps'), []);
    await setAside(built, { table: 'steps', where: `t.id = 'gone'`, reason: 'to try it' });
    const losses = await setAsideReferring(built, 'steps');
    assert.deepEqual(
      losses.map(({ class: kind, table, column, rows }) => [kind, table, column, rows]),
      [
        ['dropped', 'messages', 'step_id', 1],
        ['set aside', 'step_metrics', null, 1],
      ],
    );
    assert.deepEqual(
      (await upgraded.query('select step_id from messages order by id')).map(({ step_id }) => step_id),
      [null, 'here', null, 'never there'],
    );
    assert.deepEqual(await upgraded.query('select id from step_metrics'), [{ id: 'here' }]);
    // The proof thinks both away.
    assert.deepEqual(await upgraded.wrong(), []);
  });
});
