import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { id } from './early-ids.ts';
import { brought, jsonNull, named, unnoticed } from './late-findings.ts';

const [below, above] = ['3d2e9fb40a3c', '567e9fe06270'];
const run = (name: string): string => `run-${Buffer.from(name.padEnd(4, '.')).toString('hex').slice(0, 8)}-${name}`;
const job = (name: string, metadata_: unknown, more: object = {}) => ({
  id: run(name),
  user_id: id('user', 1),
  job_type: 'run',
  status: 'completed',
  created_at: '2025-09-01 12:00:00+00',
  metadata_,
  ...more,
});
const message = (name: string, agent_id = 'ada', step_id: string | null = null) => ({ id: name, agent_id, step_id, organization_id: 'o' });
const link = (number: number, job_id: string, message_id: string, is_deleted = false) => ({ id: number, job_id, message_id, is_deleted });
const step = (name: string, job_id: string | null, agent_id: string | null = 'ada') => ({ id: name, job_id, agent_id });

const rows = {
  organizations: [{ id: 'o' }, { id: 'p' }],
  users: [{ id: id('user', 1), organization_id: 'o' }],
  agents: [
    { id: 'ada', organization_id: 'o', project_id: 'project' },
    { id: 'bob', organization_id: 'p', project_id: null },
  ],
  jobs: [
    job('named', { agent_id: 'ada' }, { status: 'running', total_duration_ns: '5', ttft_ns: '1', callback_url: 'https://example.org' }),
    job('gone', { agent_id: 'nobody' }),
    job('told', { result: 1 }, { created_at: '2025-09-02 12:00:00+00' }),
    job('stepped', null),
    job('null', jsonNull),
    job('list', ['agent_id']),
    job('hard', { agent_id: 'ada', text: 'a\u0000b' }),
    job('foreign', { agent_id: 'bob' }),
    job('pending', { agent_id: 'ada' }, { status: 'pending' }),
    job('expired', { agent_id: 'ada' }, { status: 'expired', _created_by_id: id('user', 2) }),
    job('named otherwise', { agent_id: 'ada' }, { id: 'run-of-mine' }),
    job('job', { agent_id: 'ada' }, { id: 'job-1', job_type: 'job' }),
  ],
  messages: [
    message('first'),
    message('second'),
    message('of bob', 'bob'),
    message('in a step', 'ada', 'step-stepped'),
    message('in a step and linked', 'ada', 'step-stepped'),
    message('of a job', 'ada', 'step-job'),
    message('unlinked'),
    message('link deleted'),
  ],
  job_messages: [
    link(1, run('told'), 'first'),
    link(2, run('told'), 'of bob'),
    link(3, run('named'), 'first'),
    link(4, run('named'), 'second'),
    link(5, run('named'), 'in a step and linked'),
    link(6, 'job-1', 'of a job'),
    link(7, run('named'), 'link deleted', true),
    link(8, run('hard'), 'of bob'),
    link(9, run('gone'), 'unlinked', true),
  ],
  steps: [
    step('step-named', run('named')),
    step('step-stepped', run('stepped'), 'bob'),
    step('step-job', 'job-1'),
    step('step-no', null, null),
  ],
  step_metrics: [
    { id: 'step-named', agent_id: 'ada', job_id: run('named') },
    { id: 'step-job', agent_id: 'ada', job_id: 'job-1' },
  ],
};

describe('567e9fe06270: jobs that are runs', () => {
  it('move to runs with the agent that the snapshot tells, and keep their messages and steps', async () => {
    await using built = await brought(below, above, rows);
    assert.deepEqual(await built.wrong(), []);
    assert.deepEqual(
      await built.query('select id, agent_id, organization_id, project_id, status, _created_by_id as by from runs order by id'),
      [
        { id: run('expired'), agent_id: 'ada', organization_id: 'o', project_id: 'project', status: 'failed', by: id('user', 2) },
        { id: run('foreign'), agent_id: 'bob', organization_id: 'p', project_id: null, status: 'completed', by: id('user', 1) },
        { id: run('hard'), agent_id: 'bob', organization_id: 'p', project_id: null, status: 'completed', by: id('user', 1) },
        { id: run('named'), agent_id: 'ada', organization_id: 'o', project_id: 'project', status: 'running', by: id('user', 1) },
        { id: run('pending'), agent_id: 'ada', organization_id: 'o', project_id: 'project', status: 'created', by: id('user', 1) },
        { id: run('stepped'), agent_id: 'bob', organization_id: 'p', project_id: null, status: 'completed', by: id('user', 1) },
        { id: run('told'), agent_id: 'ada', organization_id: 'o', project_id: 'project', status: 'completed', by: id('user', 1) },
      ],
    );
    assert.deepEqual(
      await built.query(`select total_duration_ns, ttft_ns, callback_url, created_at from runs where id = '${run('named')}'`),
      [{ total_duration_ns: '5', ttft_ns: '1', callback_url: 'https://example.org', created_at: '2025-09-01 12:00:00+00' }],
    );
    assert.deepEqual(await built.query('select id, run_id from messages where run_id is not null order by id'), [
      { id: 'first', run_id: run('told') },
      { id: 'in a step', run_id: run('stepped') },
      { id: 'in a step and linked', run_id: run('named') },
      { id: 'of bob', run_id: run('told') },
      { id: 'second', run_id: run('named') },
    ]);
    assert.deepEqual(await built.query('select id, run_id from steps where run_id is not null order by id'), [
      { id: 'step-named', run_id: run('named') },
      { id: 'step-stepped', run_id: run('stepped') },
    ]);
    assert.deepEqual(await built.query('select id, run_id from step_metrics order by id'), [
      { id: 'step-job', run_id: null },
      { id: 'step-named', run_id: run('named') },
    ]);
  });

  it('stay and are named where nothing tells the agent; links that find no place are named', async () => {
    await using built = await brought(below, above, rows);
    const left = ['gone', 'list', 'null'].map(run).concat('run-of-mine').toSorted();
    assert.deepEqual((await built.query(`select id from jobs where job_type = 'run'`)).map((row) => row.id).toSorted(), left);
    const keys = (...names: string[]) =>
      names
        .map((name) => `id=${run(name)}`)
        .toSorted()
        .join(' ');
    const pairs = (...list: [string, string][]) =>
      list
        .map(([job_id, message_id]) => `job_id=${job_id}, message_id=${message_id}`)
        .toSorted()
        .join(' ');
    assert.deepEqual(
      await named(built),
      [
        `derived runs.organization_id: ${keys('foreign', 'hard', 'stepped')}`,
        `derived runs.status: ${keys('expired', 'pending')}`,
        `dropped jobs.user_id: ${keys('expired')}`,
        'dropped step_metrics.job_id: id=step-job',
        'dropped steps.job_id: id=step-job',
        `set aside job_messages.created_at: ${pairs(...rows.job_messages.map(({ job_id, message_id }): [string, string] => [job_id, message_id]))}`,
        `set aside job_messages: ${pairs(['job-1', 'of a job'], [run('gone'), 'unlinked'])}`,
        `set aside job_messages: ${pairs([run('hard'), 'of bob'], [run('named'), 'first'])}`,
        `set aside job_messages: ${pairs([run('named'), 'link deleted'])}`,
        `set aside jobs: ${left.map((name) => `id=${name}`).join(' ')}`,
      ].toSorted(),
    );
    assert.deepEqual(await built.query('select count(*) as n from lifeboat_set_aside.job_messages'), [{ n: '9' }]);
    assert.deepEqual(built.plan.drops, []);
  });

  it('are proven: no computed value changes unnoticed', async () => {
    await using built = await brought(below, above, rows);
    const where = `where id = '${run('named')}'`;
    const told = `where id = '${run('told')}'`;
    assert.deepEqual(
      await unnoticed(built, [
        `update runs set agent_id = 'bob' ${where}`,
        `update runs set organization_id = 'p' ${where}`,
        `update runs set project_id = null ${where}`,
        `update runs set status = 'completed' ${where}`,
        `update runs set status = 'failed' ${told}`,
        `update runs set status = 'running' where id = '${run('pending')}'`,
        `update runs set status = 'created' where id = '${run('expired')}'`,
        `update runs set _created_by_id = null ${where}`,
        `update runs set _created_by_id = '${id('user', 1)}' where id = '${run('expired')}'`,
        `update runs set completed_at = now() ${where}`,
        `insert into jobs select * from jobs where id = 'run-of-mine'`,
        `delete from runs ${where}`,
        ...[
          `run_id = null where id = 'first'`,
          `run_id = '${run('named')}' where id = 'first'`,
          `run_id = '${run('stepped')}' where id = 'in a step and linked'`,
          `run_id = null where id = 'in a step'`,
          `run_id = '${run('named')}' where id = 'unlinked'`,
          `run_id = '${run('named')}' where id = 'link deleted'`,
        ].map((change) => `update messages set ${change}`),
        `update steps set run_id = null where id = 'step-named'`,
        `update steps set run_id = '${run('named')}' where id = 'step-no'`,
        `update steps set run_id = '${run('told')}' where id = 'step-named'`,
        `update step_metrics set run_id = null where id = 'step-named'`,
        `update step_metrics set run_id = '${run('named')}' where id = 'step-job'`,
      ]),
      [],
    );
  });
});
