import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { upgraded } from './early-harness.ts';
import { defaultOrganization, id } from './early-ids.ts';

const [start, end] = ['5987401b40ae', '05c3bc564286'];

describe('3c683a662c82: jobs.completed_at', () => {
  it('is the same moment in UTC, whatever the session’s time zone is', async () => {
    const jobs = [
      { id: id('job', 1), user_id: id('user', 1), status: 'completed', completed_at: '2024-12-01T01:30:00+02:00' },
      { id: id('job', 2), user_id: id('user', 1), status: 'running', completed_at: null },
    ];
    await using built = await upgraded(start, '3c683a662c82', { jobs });
    assert.deepEqual(await built.query('select completed_at::text as at from jobs order by id'), [
      { at: '2024-11-30 23:30:00' },
      { at: null },
    ]);
    await built.query(`set timezone to 'Asia/Tokyo'`);
    assert.deepEqual(await built.wrong(), []);
  });

  it('sets aside jobs whose state or user nobody knows', async () => {
    const jobs = [
      { id: id('job', 1), user_id: null, status: 'completed' },
      { id: id('job', 2), user_id: id('user', 1), status: null },
      { id: id('job', 3), user_id: id('user', 1), status: 'pending' },
    ];
    await using built = await upgraded(start, end, { jobs });
    assert.deepEqual(await built.query('select id from jobs'), [{ id: id('job', 3) }]);
    assert.deepEqual(await built.query('select id from lifeboat_set_aside.jobs order by id'), [{ id: id('job', 1) }, { id: id('job', 2) }]);
    assert.deepEqual(await built.wrong(), []);
  });
});

it('columns that begin with one value for all rows have it, and the rows go in as they come', async () => {
  const rows = {
    agents: [{ id: id('agent', 1), organization_id: defaultOrganization, name: 'Ada' }],
    block: [{ id: id('block', 1), label: 'human', value: 'x', limit: 5000, is_template: false, organization_id: defaultOrganization }],
    files: [{ id: id('file', 1), source_id: id('source', 1), organization_id: defaultOrganization }],
    jobs: [{ id: id('job', 1), user_id: id('user', 1), status: 'completed' }],
    organizations: [{ id: defaultOrganization, name: 'default' }],
    providers: [{ id: id('provider', 1), name: 'anthropic', organization_id: defaultOrganization }],
  };
  await using built = await upgraded('cdb3db091113', end, rows);
  const [row] = await built.query(
    `select j.job_type, a.message_buffer_autoclear, o.privileged_tools, p.provider_category, b.read_only, f.processing_status
       from jobs j, agents a, organizations o, providers p, block b, files f`,
  );
  assert.deepEqual(row, {
    job_type: 'job',
    message_buffer_autoclear: 'f',
    privileged_tools: 'f',
    provider_category: 'byok',
    read_only: 'f',
    processing_status: 'completed',
  });
  for (const table of ['organizations', 'jobs', 'block', 'files'])
    assert.equal(built.plan.tables.find(({ name }) => name === table)?.load.kind, 'direct', table);
  await built.query(`update block set read_only = true`);
  assert.equal((await built.wrong()).length, 1);
});
