import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { testServer } from '../../support/postgres.ts';
import { told } from './found.ts';
import { type PlantedDatabase, plantedDatabase } from './planted.ts';

const organization = 'org-00000000-0000-4000-8000-000000000000';
const user = 'user-00000000-0000-4000-8000-000000000000';
const other = 'org-11111111-1111-4111-8111-111111111111';
const addOrganization = `insert into organizations select (jsonb_populate_record(o, '{"id": "${other}", "name": "other"}')).* from organizations o where o.id = '${organization}'`;
const addUser = `insert into users (id, name, organization_id, is_deleted) values ('user-11111111-1111-4111-8111-111111111111', 'other', '${other}', false)`;

/** An agent of the other organisation that has nothing: no tools, blocks or messages of anybody's. */
const addAgent = `insert into agents select (jsonb_populate_record(a, '{"id": "agent-11111111-1111-4111-8111-111111111111", "organization_id": "${other}", "is_deleted": false, "hidden": false}')).* from agents a where a.name = 'Memo'`;

for (const release of ['0.11.3', '0.16.8'] as const) {
  describe(`tenants in letta-${release}`, () => {
    let database: PlantedDatabase;
    before(async () => {
      database = await plantedDatabase(await testServer(), `letta-${release}`, { encryptionKey: null });
    });
    after(() => database[Symbol.asyncDispose]());

    /** What this group finds; copying an agent into another organisation has other consequences, too. */
    const tenants = async (...statements: string[]) => {
      const codes = ['organization-unresolved', 'organization-without-user', 'other-organizations', 'default-actor-missing'];
      return (await database.plant(...statements)).filter(({ code }) => codes.includes(code));
    };

    test('an organisation without agents or users is nothing to speak of', async () => {
      assert.deepEqual(await database.plant(addOrganization), []);
    });

    test('agents of another organisation', async () => {
      const findings = await tenants(addOrganization, addUser, addAgent);
      assert.deepEqual(told(findings), [{ code: 'other-organizations', where: 'organizations', ids: [other] }]);
      assert.match(findings[0]?.message ?? '', /^1 organisation besides the default one with 1 agent$/);
    });

    test('all agents are of another organisation', async () => {
      const findings = await tenants(addOrganization, addUser, `update agents set organization_id = '${other}'`);
      assert.deepEqual(told(findings), [{ code: 'other-organizations', where: 'organizations', ids: [other] }]);
      assert.match(findings[0]?.message ?? '', /18 agents; the default organisation has none$/);
      assert.match(findings[0]?.why ?? '', /no agents at all/);
    });

    test('an organisation that nobody can ask for', async () => {
      assert.deepEqual(told(await tenants(addOrganization, addAgent)), [
        { code: 'organization-without-user', where: 'organizations', ids: [other] },
        { code: 'other-organizations', where: 'organizations', ids: [other] },
      ]);
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
      assert.deepEqual(told(await tenants(`alter table identities drop constraint ${key?.conname}`, gone)), [
        { code: 'organization-unresolved', where: 'identities.organization_id', ids: [row?.id] },
      ]);
    });

    test('no default organisation, no default user', async () => {
      const findings = await tenants(`delete from organizations where id = '${organization}'`, `delete from users where id = '${user}'`);
      assert.deepEqual(
        findings.map(({ code, where, message }) => ({ code, where, message })),
        [
          { code: 'default-actor-missing', where: 'organizations', message: `organizations has no ${organization}` },
          { code: 'default-actor-missing', where: 'users', message: `users has no ${user}` },
        ],
      );
    });
  });
}
