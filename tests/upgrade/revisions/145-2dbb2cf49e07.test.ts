import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultOrganization } from './early-ids.ts';
import { brought, named, unnoticed } from './late-findings.ts';

const [below, above] = ['a1b2c3d4e5f6', '2dbb2cf49e07'];
const provider = (id: string, name: string, organization_id: string | null, more: object = {}) => ({ id, name, organization_id, ...more });
const providers = [
  provider('base', 'openai', null),
  provider('base gone', 'openai', null, { is_deleted: true }),
  provider('base hidden by own', 'own', null),
  provider('own', 'own', defaultOrganization),
  provider('other own', 'openai', 'org-other'),
];
const organizations = [
  { id: 'org-other', created_at: '2024-01-01 00:00:00+00' },
  { id: defaultOrganization, created_at: '2025-01-01 00:00:00+00' },
];

describe('2dbb2cf49e07: providers of no organization', () => {
  it('belong to the default one on the way down, under a name of their own', async () => {
    await using built = await brought(above, below, { providers, organizations, provider_models: [{ id: 'model' }] });
    assert.deepEqual(await built.query('select id, name, organization_id as of from providers order by id'), [
      { id: 'base', name: 'openai', of: defaultOrganization },
      { id: 'base gone', name: 'openai (base gone)', of: defaultOrganization },
      { id: 'base hidden by own', name: 'own (base hidden by own)', of: defaultOrganization },
      { id: 'other own', name: 'openai', of: 'org-other' },
      { id: 'own', name: 'own', of: defaultOrganization },
    ]);
    assert.deepEqual(await named(built), [
      'derived providers.name: id=base gone id=base hidden by own',
      'derived providers.organization_id: id=base id=base gone id=base hidden by own',
      'dropped provider_models: id=model',
    ]);
    assert.deepEqual(built.plan.drops, []);
    assert.deepEqual(await built.wrong(), []);
    assert.deepEqual(
      await unnoticed(built, [
        `update providers set organization_id = 'org-other' where id = 'own'`,
        `update providers set organization_id = 'org-other' where id = 'base gone'`,
        `update providers set name = 'x' where id = 'own'`,
        `update providers set name = 'openai' where id = 'base gone'`,
        `update providers set name = 'openai (base)' where id = 'base'`,
        `update providers set name = 'other' where id = 'base'`,
      ]),
      [],
    );
    const back = built.plan.chain.losses.flatMap(({ wayBack }) => wayBack ?? []);
    for (const sql of back) await built.query(sql);
    assert.deepEqual(await built.query('select id from providers where name like $$%(%$$'), []);
  });

  it('belong to the oldest one where the default one is not', async () => {
    const others = [
      { id: 'org-b', created_at: '2024-01-02 00:00:00+00' },
      { id: 'org-c', created_at: '2024-01-01 00:00:00+00' },
      { id: 'org-a', created_at: '2023-01-01 00:00:00+00', is_deleted: true },
    ];
    await using built = await brought(above, below, { providers: providers.slice(0, 1), organizations: others });
    assert.deepEqual(await built.query('select organization_id as of from providers'), [{ of: 'org-c' }]);
    assert.deepEqual(await built.wrong(), []);
    assert.deepEqual(await unnoticed(built, [`update providers set organization_id = 'org-b'`]), []);
  });
});
