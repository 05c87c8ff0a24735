import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { modelAt, revisions } from '../../src/letta/catalogue.ts';
import { planUpgrade } from '../../src/upgrade/plan-upgrade.ts';
import type { RevisionStep } from '../../src/upgrade/revision-step.ts';
import { setAsideOrphans } from '../../src/upgrade/set-aside-orphans.ts';
import { revisionSteps } from '../../src/upgrade/steps.ts';
import type { UpgradePlan } from '../../src/upgrade/upgrade-plan.ts';
import { brought } from './revisions/late-findings.ts';

const at = (position: number): string => revisions()[position - 1]!.revision;
const listed = ({ unguarded }: UpgradePlan): string[] =>
  unguarded.map(({ table, key }) => `${table}.${key.columns} → ${key.refTable}`).toSorted();
const planned = (from: number, to: number, steps: readonly RevisionStep[] = revisionSteps, model = modelAt(at(from))): string[] =>
  listed(planUpgrade(model, at(from), at(to), steps));

describe('foreign keys that rows of the snapshot may contradict', () => {
  it('are those that the snapshot did not have', () => {
    assert.deepEqual(planned(153, 167), []);
    // 0.6.0 guarded neither.
    assert.ok(planned(9, 20).includes('messages.agent_id → agents'));
    assert.ok(planned(9, 20).includes('jobs.user_id → users'));
    assert.ok(!planned(20, 24).includes('messages.agent_id → agents'));
  });

  it('and those that it has without holding to them', () => {
    const model = structuredClone(modelAt(at(153)));
    for (const key of model.tables.find(({ name }) => name === 'messages')!.foreignKeys) key.validated = key.refTable !== 'agents';
    assert.deepEqual(planned(153, 167, revisionSteps, model), ['messages.agent_id → agents']);
  });

  it('and those whose references a step computes, or whose rows it lets go', () => {
    const move = (change: ReturnType<NonNullable<RevisionStep['up']>>) => [{ revision: at(160), up: () => change }];
    assert.deepEqual(planned(159, 161, move({ set: { messages: { columns: { run_id: `'x'` } } } })), ['messages.run_id → runs']);
    assert.ok(planned(159, 161, move({ leave: { agents: 'true' } })).includes('messages.agent_id → agents'));
  });
});

describe('rows that refer to nothing', () => {
  it('are set aside where a key of the target demands it, with what refers to them; what may be empty is emptied', async () => {
    const message = (id: string, agent_id: string) => ({ id, agent_id, user_id: 'u' });
    const passage = {
      user_id: 'u',
      text: '',
      embedding_config: {},
      metadata_: {},

      created_at: '2024-12-01 00:00:00+00',
    };
    await using upgraded = await brought(at(9), at(15), {
      organizations: [{ id: 'o' }],
      users: [{ id: 'u', organization_id: 'o' }],
      agents: [{ id: 'ada', user_id: 'u' }],
      messages: [message('1', 'ada'), message('2', 'gone'), message('3', 'gone')],
      jobs: ['u', 'nobody'].map((user_id) => ({ id: `of ${user_id}`, user_id, status: 'created' })),
      passages: ['ada', 'gone', null].map((agent_id) => ({ id: `of ${agent_id}`, agent_id, ...passage })),
    });
    const { session, plan } = upgraded;
    const built = { session, home: 'built', model: plan.model, from: plan.chain.from, to: plan.chain.to };
    const losses = await setAsideOrphans(built, plan.unguarded);
    assert.deepEqual(losses.map(({ class: kind, table, column, rows }) => `${kind} ${table} ${column} ${rows}`).toSorted(), [
      'dropped passages agent_id 1',
      'set aside jobs null 1',
      'set aside messages null 2',
    ]);
    assert.deepEqual(losses.find(({ table }) => table === 'messages')?.agents, [{ id: 'gone', rows: 2 }]);
    assert.deepEqual(await upgraded.query('select id from messages'), [{ id: '1' }]);
    assert.deepEqual(await upgraded.query('select id, agent_id from passages order by id'), [
      { id: 'of ada', agent_id: 'ada' },
      { id: 'of gone', agent_id: null },
      { id: 'of null', agent_id: null },
    ]);
    assert.deepEqual(await upgraded.wrong(), []);
    // Every key holds now.
    for (const { table, key } of plan.unguarded) {
      const [columns, refColumns] = [key.columns.join(), key.refColumns.join()];
      await upgraded.query(`create unique index if not exists ${key.refTable}_key on ${key.refTable} (${refColumns})`);
      await upgraded.query(`alter table ${table} add foreign key (${columns}) references ${key.refTable} (${refColumns})`);
    }
  });
});
