import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { id } from './early-ids.ts';
import { brought, jsonNull, named, unnoticed } from './late-findings.ts';

const [below, above] = ['3d2e9fb40a3c', '567e9fe06270'];
const run = (number: number, metadata_: unknown, more: object = {}) => ({
  id: id('run', number),
  agent_id: 'ada',
  organization_id: 'o',
  project_id: 'project',
  _created_by_id: 'maker',
  metadata_,
  ...more,
});
const message = (name: string, sequence_id: number, run_id: string | null) => ({ id: name, agent_id: 'ada', sequence_id, run_id });
const rows = {
  organizations: [{ id: 'o' }, { id: 'empty' }],
  users: [
    { id: 'deleted', organization_id: 'o', is_deleted: true, created_at: '2024-01-01 00:00:00+00' },
    { id: 'first', organization_id: 'o', created_at: '2024-01-02 00:00:00+00' },
    { id: 'maker', organization_id: 'o', created_at: '2024-01-03 00:00:00+00' },
  ],
  agents: [{ id: 'ada', organization_id: 'o', project_id: 'project' }],
  jobs: [
    { id: id('run', 8), user_id: 'maker', job_type: 'run', status: 'failed', metadata_: { left: 'behind' } },
    { id: id('job', 1), user_id: 'maker', job_type: 'job' },
  ],
  runs: [
    run(1, { run_type: 'send_message' }, { status: 'running', total_duration_ns: '7', stop_reason: 'end_turn' }),
    run(2, jsonNull, { _created_by_id: 'nobody' }),
    run(3, {}, { _created_by_id: null, project_id: 'other' }),
    run(4, { agent_id: 'bob' }),
    run(5, ['list']),
    run(6, { agent_id: 'ada', text: 'a\u0000b' }),
    run(7, null, { _created_by_id: null, organization_id: 'empty' }),
    run(8, { again: 1 }),
    run(9, { text: 'a\u0000b' }),
    run(0, { caller: { agent_id: 'bob' } }),
  ],
  messages: [
    message('second', 20, id('run', 1)),
    message('first', 10, id('run', 1)),
    message('none', 15, null),
    message('no user', 30, id('run', 7)),
    message('left behind', 40, id('run', 8)),
  ],
  steps: [1, 7, 8].map((number) => ({ id: `step-${number}`, agent_id: 'ada', run_id: id('run', number) })),
  step_metrics: [1, 7].map((number) => ({ id: `step-${number}`, agent_id: 'ada', run_id: id('run', number) })),
};

describe('567e9fe06270, downwards: runs', () => {
  it('are jobs again, found by user and agent, with their messages and steps', async () => {
    await using built = await brought(above, below, rows);
    assert.deepEqual(await built.wrong(), []);
    assert.deepEqual(
      (await built.query(`select id, user_id, metadata_ from jobs where job_type = 'run' order by id`)).map((row) => [
        Number(row.id?.slice(-2)),
        row.user_id,
        row.metadata_,
      ]),
      [
        [0, 'maker', '{"agent_id": "ada", "caller":{"agent_id":"bob"}}'],
        [1, 'maker', '{"agent_id": "ada", "run_type":"send_message"}'],
        [2, 'first', '{"agent_id": "ada"}'],
        [3, 'first', '{"agent_id": "ada"}'],
        [4, 'maker', '{"agent_id":"bob"}'],
        [5, 'maker', '["list"]'],
        [6, 'maker', '{"agent_id":"ada","text":"a\\u0000b"}'],
        [8, 'maker', '{"left":"behind"}'],
        [9, 'maker', '{"agent_id": "ada", "text":"a\\u0000b"}'],
      ],
    );
    assert.deepEqual(await built.query(`select status, total_duration_ns, stop_reason from jobs where id = '${id('run', 1)}'`), [
      { status: 'running', total_duration_ns: '7', stop_reason: 'end_turn' },
    ]);
    assert.deepEqual(await built.query('select id from lifeboat_set_aside.jobs order by id'), [{ id: id('run', 7) }, { id: id('run', 8) }]);
    assert.deepEqual(await built.query('select id, job_id, message_id from job_messages order by id'), [
      { id: '1', job_id: id('run', 1), message_id: 'first' },
      { id: '2', job_id: id('run', 1), message_id: 'second' },
      { id: '3', job_id: id('run', 8), message_id: 'left behind' },
    ]);
    assert.deepEqual(await built.query('select id, job_id from steps order by id'), [
      { id: 'step-1', job_id: id('run', 1) },
      { id: 'step-7', job_id: null },
      { id: 'step-8', job_id: id('run', 8) },
    ]);
    assert.deepEqual(await built.query('select id, job_id from step_metrics order by id'), [
      { id: 'step-1', job_id: id('run', 1) },
      { id: 'step-7', job_id: null },
    ]);
    assert.deepEqual(await named(built), [
      `derived jobs.user_id: id=${id('run', 2)} id=${id('run', 3)}`,
      'dropped messages.run_id: id=no user',
      `dropped runs.agent_id: id=${id('run', 4)} id=${id('run', 5)}`,
      `dropped runs.project_id: id=${id('run', 3)}`,
      'dropped step_metrics.run_id: id=step-7',
      'dropped steps.run_id: id=step-7',
    ]);
  });

  it('are proven: no computed value changes unnoticed', async () => {
    await using built = await brought(above, below, rows);
    const where = `where id = '${id('run', 1)}'`;
    assert.deepEqual(
      await unnoticed(built, [
        `update jobs set user_id = 'first' ${where}`,
        `update jobs set user_id = 'deleted' where id = '${id('run', 2)}'`,
        `update jobs set user_id = 'maker' where id = '${id('run', 2)}'`,
        `update jobs set job_type = 'job' ${where}`,
        `update jobs set metadata_ = '{"agent_id": "ada"}' ${where}`,
        `update jobs set metadata_ = '{"agent_id": "bob", "run_type":"send_message"}' ${where}`,
        `update jobs set metadata_ = null where id = '${id('run', 3)}'`,
        `update jobs set metadata_ = '{}' where id = '${id('run', 5)}'`,
        `delete from jobs ${where}`,
        'delete from job_messages where id = 2',
        'update job_messages set id = 5 where id = 3',
        'update job_messages set id = 1 where id = 2',
        `update job_messages set message_id = 'none' where id = 1`,
        `update job_messages set job_id = '${id('run', 2)}' where id = 1`,
        `insert into job_messages (id, job_id, message_id, is_deleted) values (4, '${id('run', 1)}', 'none', false)`,
        `update steps set job_id = null where id = 'step-1'`,
        `update steps set job_id = '${id('run', 2)}' where id = 'step-7'`,
        `update step_metrics set job_id = null where id = 'step-1'`,
      ]),
      [],
    );
  });
});
