import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Finding } from '../../../src/verify/finding.ts';
import { testServer } from '../../support/postgres.ts';
import { told } from './found.ts';
import { type PlantedDatabase, plantedDatabase } from './planted.ts';
import { sees } from './sees.ts';

const organization = 'org-00000000-0000-4000-8000-000000000000';
const user = 'user-00000000-0000-4000-8000-000000000000';
const other = 'org-11111111-1111-4111-8111-111111111111';
const addOrganization = `insert into organizations select (jsonb_populate_record(o, '{"id": "${other}", "name": "other"}')).* from organizations o where o.id = '${organization}'`;
const addUser = `insert into users (id, name, organization_id, is_deleted) values ('user-11111111-1111-4111-8111-111111111111', 'other', '${other}', false)`;

/** An agent of the other organisation that has one system message of its own, and no tools or blocks. */
const agent = 'agent-11111111-1111-4111-8111-111111111111';
const message = 'message-11111111-1111-4111-8111-111111111111';
const addAgent = [
  `insert into messages select (jsonb_populate_record(m, '{"id": "${message}", "agent_id": "${agent}", "organization_id": "${other}", "sequence_id": -1, "step_id": null, "run_id": null}')).*
     from messages m join agents a on m.id = a.message_ids ->> 0 where a.name = 'Memo'`,
  `insert into agents select (jsonb_populate_record(a, '{"id": "${agent}", "organization_id": "${other}", "is_deleted": false, "hidden": false, "message_ids": ["${message}"], "enable_sleeptime": false}')).*
     from agents a where a.name = 'Memo'`,
];
const addTool = `insert into tools select (jsonb_populate_record(t, '{"id": "tool-11111111-1111-4111-8111-111111111111", "organization_id": "${other}"}')).* from tools t where t.name = 'rotate_logs'`;
const seen = { code: 'other-organizations', where: 'organizations', ids: [other], severity: 'note' } as const;

for (const [release, revision] of [
  ['0.11.3', '5fb8bba2c373'],
  ['0.16.8', '1c28e167b74f'],
] as const) {
  describe(`tenants in letta-${release}`, () => {
    let database: PlantedDatabase;
    before(async () => {
      database = await plantedDatabase(await testServer(), `letta-${release}`, { encryptionKey: null });
    });
    after(() => database[Symbol.asyncDispose]());

    test('an organisation without agents or users is nothing to speak of', async () => {
      assert.deepEqual(await database.plant(addOrganization), []);
    });

    test('agents of another organisation', async () => {
      const [finding] = await sees(database, [addOrganization, addUser, ...addAgent], seen);
      assert.equal(finding?.message, 'Rows of 1 organisation besides the default one: agents 1, messages 1, users 1');
      assert.match(finding?.why ?? '', /what is the default organisation’s only/);
    });

    test('a tool of another organisation, which has no agents', async () => {
      const [finding] = await sees(database, [addOrganization, addTool], seen);
      assert.equal(finding?.message, 'Rows of 1 organisation besides the default one: tools 1');
    });

    test('all agents are of another organisation', async () => {
      const [finding] = await sees(database, [addOrganization, addUser, `update agents set organization_id = '${other}'`], seen);
      assert.match(finding?.message ?? '', /: agents 18, users 1; the default organisation has no agents$/);
      assert.match(finding?.why ?? '', /no agents at all/);
    });

    test('an organisation that nobody can ask for', async () => {
      await sees(
        database,
        [addOrganization, ...addAgent],
        { code: 'organization-without-user', where: 'organizations', ids: [other], severity: 'warning' },
        seen,
      );
    });

    test('rows of an organisation that does not exist, where no foreign key says so', async () => {
      const [key] = await database.query(
        `select conname from pg_constraint where conrelid = 'identities'::regclass and contype = 'f' and confrelid = 'organizations'::regclass`,
      );
      const [row] = await database.query('select min(id) as id from identities');
      const gone = `update identities set organization_id = 'org-gone' where id = '${row?.id}'`;
      assert.deepEqual(told(await database.plant(gone)), [
        { code: 'foreign-key-violated', where: 'identities.organization_id', ids: [row?.id] },
      ]);
      assert.deepEqual(told(await database.plant(`alter table identities drop constraint ${key?.conname}`, gone)), [
        { code: 'drift', where: `identities: ${key?.conname}`, ids: [] },
        { code: 'organization-unresolved', where: 'identities.organization_id', ids: [row?.id] },
      ]);
    });

    test('no default organisation, no default user', async () => {
      const missing = [
        { code: 'default-actor-missing', where: 'organizations', message: `organizations has no ${organization}` },
        { code: 'default-actor-missing', where: 'users', message: `users has no ${user}` },
      ];
      const brief = ({ code, where, message }: Finding) => ({ code, where, message });
      await using empty = await plantedDatabase(await testServer(), { revision });
      assert.deepEqual(empty.clean.map(brief), missing);
      const findings = await database.plant(
        `delete from organizations where id = '${organization}'`,
        `delete from users where id = '${user}'`,
      );
      const [violated, others] = [true, false].map((is) => findings.filter(({ code }) => (code === 'foreign-key-violated') === is));
      assert.deepEqual(others?.map(brief), missing);
      // Every row of theirs now leads nowhere, and that is all that there is besides.
      for (const { where, message } of violated ?? [])
        assert.match(`${where}: ${message}`, /\.(organization_id: .* organizations has no org-0{8}|user_id: .* users has no user-0{8})-/);
    });
  });
}
