import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { brought, named } from './late-findings.ts';

const [below, above] = ['18ff61fbc034', '5d27a719b24d'];
const users = [{ id: 'u', name: 'u', organization_id: 'o' }];

describe('5d27a719b24d: the organization of a job', () => {
  it('stays empty on the way up', async () => {
    await using built = await brought(below, above, { users, jobs: [{ id: 'j', user_id: 'u' }] });
    assert.deepEqual(await built.query('select organization_id from jobs'), [{ organization_id: null }]);
    assert.deepEqual(await built.wrong(), []);
  });

  it('is lost on the way down only where it is not that of its user', async () => {
    const jobs = ['o', 'other', null].map((organization_id) => ({ id: `of ${organization_id}`, user_id: 'u', organization_id }));
    await using built = await brought(above, below, { users, jobs });
    assert.deepEqual(await named(built), ['dropped jobs.organization_id: id=of other']);
    assert.deepEqual(built.plan.drops, []);
    assert.deepEqual(await built.wrong(), []);
  });
});
