import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRelease, schemaAt } from '../../src/letta/catalogue.ts';
import { findTargetRevision } from '../../src/letta/find-revision.ts';
import { LifeboatError } from '../../src/report/errors.ts';
import { leftDefinitions } from '../../src/upgrade/left-definitions.ts';
import { backUp, restoreTo, TestVault } from '../road/road.ts';
import { fixtureEncryptionKey, loadFixture } from '../support/fixtures.ts';
import { lettaReleases } from '../support/letta-installations.ts';
import { TestDatabase, testServer } from '../support/postgres.ts';
import { upgradeDatabase } from './upgrade-fixture.ts';
import { asCreateAll } from './variations.ts';

test('sequences of the user’s own go on where they were, whichever way they count', async () => {
  const source = await loadFixture(await testServer(), 'letta-0.11.3');
  await source.query(
    `create table mine (id int generated always as identity primary key, n text); insert into mine (n) select 'x' from generate_series(1, 10);
     create sequence backwards increment -1; create table counted (n int default nextval('backwards')); insert into counted select from generate_series(1, 2);
     create sequence round as smallint maxvalue 3 cycle; create table turns (n smallint default nextval('round')); insert into turns select from generate_series(1, 3)`,
  );
  await using upgraded = await upgradeDatabase(source, '0.16.8');
  assert.equal(upgraded.result.comparison?.equal, true);
  assert.deepEqual(
    await upgraded.built.query(
      `with one as (insert into mine (n) values ('y') returning id::text as next), two as (insert into counted default values returning n::text),
            three as (insert into turns default values returning n::text) select next from one union all select n from two union all select n from three`,
    ),
    [{ next: '11' }, { next: '-3' }, { next: '1' }],
  );
});

test('an agent that has to be set aside is named, and the rest is proven', async () => {
  const source = await loadFixture(await testServer(), 'letta-0.16.8');
  await source.query(
    'alter table agents alter organization_id drop not null; update agents set organization_id = null where id = (select min(id) from agents)',
  );
  await using upgraded = await upgradeDatabase(source, '0.16.2');
  const { comparison, agents, losses } = upgraded.result;
  assert.equal(comparison?.equal, true);
  assert.ok(agents.every(({ there, messages }) => there && messages.found === messages.expected));
  assert.ok(losses.some((loss) => loss.class === 'set aside' && loss.table === 'agents' && loss.rows === 1));
});

test('what was set aside belongs to the new owner, who has to back it up', async () => {
  const server = await testServer();
  const source = await loadFixture(server, 'letta-0.16.2');
  const built = new TestDatabase(server, `${source.name}_owned`);
  const owner = `${source.name}_owner`;
  await server.query(`create role "${owner}"`);
  try {
    await using held = await TestVault.create();
    const { ref } = await backUp(source.url, held.vault, { encryptionKey: fixtureEncryptionKey });
    await restoreTo(
      built.url,
      held.vault,
      ref,
      { release: findTargetRevision('0.16.8'), owner },
      { keys: { encryptionKey: fixtureEncryptionKey, rekeyTo: null } },
    );
    const owners = await built.query(
      `select distinct pg_get_userbyid(relowner) as owner from pg_class where relnamespace = 'lifeboat_set_aside'::regnamespace
       union select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'lifeboat_set_aside'`,
    );
    assert.deepEqual(owners, [{ owner }]);
  } finally {
    await built.drop();
    await source.drop();
    await server.query(`drop role "${owner}"`);
  }
});

test('a schema of the user’s own where Lifeboat would build is a refusal, before anything is made', async () => {
  const server = await testServer();
  const source = await loadFixture(server, 'letta-0.16.2');
  const built = new TestDatabase(server, `${source.name}_refused`);
  try {
    await using held = await TestVault.create();
    const release = findTargetRevision('0.16.8');
    const to = (request: Parameters<typeof restoreTo>[3], ref: Parameters<typeof restoreTo>[2]) =>
      assert.rejects(
        restoreTo(built.url, held.vault, ref, { release, ...request }),
        (error) => error instanceof LifeboatError && error.code === 'schema-reserved',
      );
    const plain = await backUp(source.url, held.vault);
    await to({ layout: { kind: 'schema', name: 'lifeboat_source' } }, plain.ref);
    await to({ layout: { kind: 'schema', name: 'lifeboat_set_aside' } }, plain.ref);
    await source.query('create schema lifeboat_source; create table lifeboat_source.altered (n int)');
    await to({}, (await backUp(source.url, held.vault)).ref);
  } finally {
    await source.drop();
  }
});

test('indexes and constraints of the user’s own on Letta’s tables are named with their definitions', async () => {
  const source = await loadFixture(await testServer(), 'letta-0.16.2');
  await source.query(
    `create index mine on messages (role, created_at desc); alter table block add constraint short check (length(label) < 500);
     create unique index one_name on agents (organization_id, id, name)`,
  );
  await using upgraded = await upgradeDatabase(source, '0.16.8');
  assert.equal(upgraded.result.comparison?.equal, true);
  assert.deepEqual(
    upgraded.result.warnings.filter(({ code }) => code === 'definition-left-out').map(({ message, partial }) => ({ message, partial })),
    [
      {
        message: "index one_name of agents is not Letta's and is left out: UNIQUE USING btree (organization_id, id, name)",
        partial: true,
      },
      { message: "constraint short of block is not Letta's and is left out: CHECK ((length((label)::text) < 500))", partial: true },
      { message: "index mine of messages is not Letta's and is left out: USING btree (role, created_at DESC)", partial: true },
    ],
  );
});

test('a database that create_all made has no definitions of somebody else’s', () => {
  for (const revision of lettaReleases.map((release) => findRelease(release)?.head ?? ''))
    assert.deepEqual(leftDefinitions(asCreateAll(schemaAt(revision)), revision, '27de0f58e076'), []);
});
