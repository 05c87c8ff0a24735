import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { brought, named, unnoticed } from './late-findings.ts';

const [below, above] = ['038e68cdf0df', 'c734cfc0d595'];
const run = (id: string, times: object) => ({
  id,
  agent_id: 'agent-1',
  organization_id: 'o',
  project_id: id === 'measured' ? 'p' : null,
  created_at: '2025-09-01 12:00:00.000001+00',
  updated_at: '2025-09-01 12:01:00+00',
  ...times,
});
const rows = {
  runs: [
    run('measured', { completed_at: '2025-09-01 12:00:05', total_duration_ns: '1234567891' }),
    run('by its end', { completed_at: '2025-09-01 12:00:02.500003', total_duration_ns: null }),
    run('running', { completed_at: null }),
    run('ends before it begins', { completed_at: '2025-09-01 11:59:59' }),
    run('never begun', { created_at: null, completed_at: '2025-09-01 12:00:02' }),
  ],
  steps: ['measured', 'measured', 'running', null].map((run_id, index) => ({ id: `step-${index}`, run_id })),
};

describe('c734cfc0d595: metrics of runs', () => {
  it('are made of what is known', async () => {
    await using built = await brought(below, above, rows);
    assert.deepEqual(await built.query('select id, run_start_ns, run_ns, num_steps, project_id from run_metrics order by id'), [
      { id: 'by its end', run_start_ns: '1756728000000001000', run_ns: '2500002000', num_steps: '0', project_id: null },
      { id: 'ends before it begins', run_start_ns: '1756728000000001000', run_ns: null, num_steps: '0', project_id: null },
      { id: 'measured', run_start_ns: '1756728000000001000', run_ns: '1234567891', num_steps: '2', project_id: 'p' },
      { id: 'never begun', run_start_ns: null, run_ns: null, num_steps: '0', project_id: null },
      { id: 'running', run_start_ns: '1756728000000001000', run_ns: null, num_steps: '1', project_id: null },
    ]);
    assert.deepEqual(await built.wrong(), []);
    assert.deepEqual(await named(built), []);
    const where = `where id = 'by its end'`;
    assert.deepEqual(
      await unnoticed(built, [
        `delete from run_metrics ${where}`,
        `insert into run_metrics select * from run_metrics ${where}`,
        ...[
          `agent_id = 'agent-2'`,
          `organization_id = 'x'`,
          `project_id = 'x'`,
          'created_at = now()',
          'updated_at = null',
          'run_start_ns = run_start_ns + 1000',
          'run_start_ns = run_start_ns + 1',
          'run_ns = run_ns + 1000',
          'run_ns = null',
          'num_steps = 1',
          'num_steps = null',
        ].map((change) => `update run_metrics set ${change} ${where}`),
        `update run_metrics set run_ns = 5 where id = 'running'`,
        `update run_metrics set run_ns = run_ns + 1 where id = 'measured'`,
        `update run_metrics set num_steps = 0 where id = 'measured'`,
      ]),
      [],
    );
  });
});
