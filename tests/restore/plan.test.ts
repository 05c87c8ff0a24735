import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareVersions, planRestore, type RestoreRequest } from '../../src/restore/plan.ts';
import type { Target } from '../../src/restore/target.ts';
import type { DatabaseModel } from '../../src/schema/model.ts';
import type { Manifest } from '../../src/vault/manifest.ts';

const manifest = {
  id: '0123456789abcdef',
  contentId: 'c'.repeat(64),
  time: '2026-01-17T03:15:00.000Z',
  letta: { revision: '5fb8bba2c373', releases: ['0.11.1', '0.11.3'], drift: 0 },
  totals: { tables: 40, rows: 866, bytes: 1, segments: 1, newBytes: 1, agents: 18 },
  source: {
    systemIdentifier: '7',
    database: 'letta',
    home: 'letta',
    postgres: '16.2',
    encoding: 'UTF8',
    collate: 'C',
    ctype: 'C',
    localeProvider: 'libc',
  },
} as unknown as Manifest;

const model: DatabaseModel = {
  schemas: [],
  extensions: [{ name: 'vector', version: '0.8.0', schema: null }],
  enums: [],
  sequences: [],
  tables: [],
  others: [],
};

const target: Target = {
  name: 'letta_new',
  server: { systemIdentifier: '7', version: 160002, versionText: '16.2', superuser: true, createDatabase: true, role: 'postgres' },
  existing: null,
  extensions: new Map([['vector', { version: '0.8.0', trusted: false }]]),
  roles: new Set(['postgres']),
};

const request: RestoreRequest = { layout: { kind: 'same' }, owner: null, withObjects: false };
const empty = { mark: null, encoding: 'UTF8', collate: 'C', connections: 0, contents: [] as string[], installed: [] as string[] };
const codes = (changed: Partial<Target>, asked: Partial<RestoreRequest> = {}, with_ = model) =>
  planRestore(manifest, with_, { ...target, ...changed }, { ...request, ...asked }).refusals.map((refusal) => refusal.code);

describe('the plan of a restore', () => {
  it('is the same data with the same id as long as nothing changed', () => {
    assert.deepEqual(planRestore(manifest, model, target, request), planRestore(manifest, model, target, request));
    assert.notEqual(
      planRestore(manifest, model, target, request).id,
      planRestore(manifest, model, { ...target, name: 'other' }, request).id,
    );
  });

  it('refuses nothing where a new database can be made', () => assert.deepEqual(codes({}), []));

  it('fault 57: refuses the database that the snapshot came from', () =>
    assert.deepEqual(codes({ name: 'letta', existing: empty }), ['target-is-source']));

  it('fault 35: refuses a database that holds anything', () =>
    assert.deepEqual(codes({ existing: { ...empty, contents: ['public.t'] } }), ['target-not-empty']));

  it('refuses a database that somebody uses', () => assert.deepEqual(codes({ existing: { ...empty, connections: 2 } }), ['target-in-use']));

  it('fault 36: refuses a PostgreSQL older than 15, a missing and a too old pgvector', () => {
    assert.deepEqual(codes({ server: { ...target.server, version: 140011, versionText: '14.11' } }), ['postgres-too-old']);
    assert.deepEqual(codes({ extensions: new Map() }), ['extension-missing']);
    assert.deepEqual(codes({ extensions: new Map([['vector', { version: '0.4.4', trusted: false }]]) }), ['extension-too-old']);
  });

  it('names the rights that are missing', () => {
    const plain = { ...target.server, superuser: false, createDatabase: false };
    assert.deepEqual(codes({ server: plain }), ['rights-missing', 'rights-missing']);
    assert.deepEqual(
      codes({ server: { ...plain, createDatabase: true }, extensions: new Map([['vector', { version: '0.8.0', trusted: true }]]) }),
      [],
    );
    // In a database that is there already, too: a superuser may have put the extension into it.
    assert.deepEqual(codes({ server: plain, existing: empty }), ['rights-missing']);
    assert.deepEqual(codes({ server: plain, existing: { ...empty, installed: ['plpgsql', 'vector'] } }), []);
  });

  it('refuses an owner that does not exist, and a layout that meets another schema', () => {
    assert.deepEqual(codes({}, { owner: 'nobody' }), ['role-missing']);
    assert.deepEqual(codes({}, { layout: { kind: 'schema', name: 'crm' } }, { ...model, schemas: ['crm'] }), ['layout-collides']);
  });

  it('fault 2: takes the place of what an interrupted restore left', () => {
    const mark = { lifeboat: 1 as const, state: 'incomplete' as const, vault: 'v', snapshot: 's', plan: 'p', created: true, time: '' };
    const plan = planRestore(manifest, model, { ...target, existing: { ...empty, contents: ['letta.agents'], mark } }, request);
    assert.deepEqual(plan.refusals, []);
    assert.equal(plan.target.create, true);
    assert.equal(plan.target.replacesIncomplete, true);
  });

  it('never takes a complete database for an incomplete one', () => {
    const mark = { lifeboat: 1 as const, state: 'complete' as const, vault: 'v', snapshot: 's', plan: 'p', created: true, time: '' };
    assert.deepEqual(codes({ existing: { ...empty, contents: ['letta.agents'], mark } }), ['target-not-empty']);
  });

  it('compares versions number by number', () => {
    assert.equal(compareVersions('0.10.0', '0.9.9'), 1);
    assert.equal(compareVersions('0.8', '0.8.0'), 0);
    assert.equal(compareVersions('0.5.1', '0.6.0'), -1);
  });
});
