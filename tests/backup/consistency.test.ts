import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import type { PlainContent } from '../../src/vault/vault.ts';
import { backUp, restoreTo, TestVault } from '../road/road.ts';
import { loadFixture } from '../support/fixtures.ts';
import { differences } from '../support/independent-compare.ts';
import { TestDatabase, type TestServer, testServer } from '../support/postgres.ts';

let server: TestServer;
let source: TestDatabase;
let held: TestVault;

describe('a backup beside a server that works', () => {
  before(async () => {
    server = await testServer();
    source = await loadFixture(server, 'letta-0.16.8');
    held = await TestVault.create({ minimum: 4096, target: 16384, maximum: 65536 });
  });
  after(async () => {
    await source.drop();
    await held[Symbol.asyncDispose]();
  });

  it('holds one state: pairs of rows that are always written together are never torn apart', async () => {
    await source.query('create table ledger (id serial primary key, account text not null, amount int not null)');
    await source.query('create table ledger_copy (id int primary key, account text not null, amount int not null)');
    let running = true;
    const errors: unknown[] = [];
    const writer = async (step: (client: pg.Client, round: number) => Promise<void>) => {
      const client = new pg.Client({ connectionString: source.url });
      await client.connect();
      for (let round = 0; running; round++)
        await step(client, round).catch(async (error: unknown) => {
          errors.push(error);
          await client.query('rollback');
        });
      await client.end();
    };
    const writers = [
      writer(async (client, round) => {
        await client.query('begin');
        const { rows } = await client.query('insert into ledger (account, amount) values ($1, $2) returning id', [`a${round % 7}`, round]);
        await client.query('insert into ledger_copy values ($1, $2, $3)', [rows[0].id, `a${round % 7}`, round]);
        await client.query('commit');
      }),
      writer(async (client, round) => {
        // One snapshot for both updates, or a row that is inserted between them would be counted up in one table only.
        await client.query('begin isolation level repeatable read');
        await client.query('update ledger set amount = amount + 1 where id % 5 = $1', [round % 5]);
        await client.query('update ledger_copy set amount = amount + 1 where id % 5 = $1', [round % 5]);
        await client.query('commit');
      }),
      writer(async (client) => {
        await client.query("set lock_timeout = '50ms'");
        await client.query('begin');
        await client.query('truncate ledger, ledger_copy');
        await client.query('commit');
      }).catch(() => {}),
      writer(async (client, round) => {
        await client.query("set lock_timeout = '50ms'");
        await client.query(`alter table ledger add column extra_${round} int default ${round}`);
        await client.query(`alter table ledger drop column extra_${round}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }),
    ];
    try {
      for (let round = 0; round < 6; round++) {
        const { ref } = await backUp(source.url, held.vault);
        const name = `${source.name}_torn`;
        const restored = await restoreTo(server.url(name), held.vault, ref);
        assert.equal(restored.comparison?.equal, true);
        const torn = await server.query(
          'select * from ledger full join ledger_copy using (id, account, amount) where ledger.id is null or ledger_copy.id is null',
          [],
          name,
        );
        const counts = await server.query<{ a: string; b: string }>(
          'select (select count(*) from ledger) a, (select count(*) from ledger_copy) b',
          [],
          name,
        );
        assert.equal(counts[0]?.a, counts[0]?.b);
        assert.deepEqual(torn, []);
        await server.dropDatabase(name);
      }
    } finally {
      running = false;
      await Promise.all(writers);
    }
    await source.query('drop table ledger, ledger_copy');
    assert.ok(
      errors.every((error) => ['55P03', '25P02', '40P01', '40001'].includes((error as { code?: string }).code ?? '')),
      String(errors[0]),
    );
  });

  it('fault 29: names who holds the lock that it waits for, and acknowledges nothing', async () => {
    const before = (await held.vault.listSnapshots()).length;
    const client = new pg.Client({ connectionString: source.url, application_name: 'a migration' });
    await client.connect();
    await client.query('begin');
    await client.query('alter table agents add column surprise text');
    try {
      await assert.rejects(
        backUp(source.url, held.vault, { lockTimeoutMs: 300 }),
        (error: Error & { code?: string }) =>
          error.code === 'lock-timeout' && /agents/.test(error.message) && /a migration/.test(error.message + JSON.stringify(error)),
      );
    } finally {
      await client.query('rollback');
      await client.end();
    }
    assert.equal((await held.vault.listSnapshots()).length, before);
  });

  it('fault 28: a revision that changes while it runs makes it fail as inconsistent', async () => {
    let changed = false;
    const vault = new Proxy(held.vault, {
      get(target, property) {
        const value = Reflect.get(target, property, target) as unknown;
        if (property === 'putObject' && !changed) {
          return async (content: PlainContent) => {
            changed = true;
            await source.query("update alembic_version set version_num = '27de0f58e076'");
            return target.putObject(content);
          };
        }
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    await assert.rejects(backUp(source.url, vault), { code: 'changed-during-backup' });
    await source.query("update alembic_version set version_num = '1c28e167b74f'");
  });

  it('fault 34: lists every table that it may not read, and refuses row security that hides rows', async () => {
    await server.query(`drop role if exists "reader ${source.name}"`);
    await server.query(`create role "reader ${source.name}" login`);
    await source.query(
      `grant usage on schema public to "reader ${source.name}"; grant select on all tables in schema public to "reader ${source.name}"; revoke select on messages, block from "reader ${source.name}"`,
    );
    const url = server.url(source.name, encodeURIComponent(`reader ${source.name}`));
    await assert.rejects(
      backUp(url, held.vault),
      (error: Error & { code?: string }) =>
        error.code === 'tables-unreadable' && error.message.includes('messages') && error.message.includes('block'),
    );
    await source.query(
      `grant select on all tables in schema public to "reader ${source.name}"; alter table agents enable row level security`,
    );
    await assert.rejects(
      backUp(url, held.vault),
      (error: Error & { code?: string }) => error.code === 'row-security' && error.message.includes('agents'),
    );
    await source.query('alter table agents disable row level security');
    await assert.rejects(
      backUp(url, held.vault),
      (error: Error & { code?: string }) => error.code === 'tables-unreadable' && error.message.includes('message_seq_id'),
    );
    await source.query(`alter table agents disable row level security; drop owned by "reader ${source.name}"`);
    await server.query(`drop role "reader ${source.name}"`);
  });

  it('takes tables that are not Letta’s, in other schemas too, with any name and type', async () => {
    await source.query(`create schema "My Schema"`);
    await source.query(`create type "My Schema"."mood ""x""" as enum ('good', 'bad day')`);
    await source.query(
      `create table "My Schema"."Weird ""Table""" ("Id" bigint generated always as identity primary key, tags text[], span int4range, mood "My Schema"."mood ""x""", "select" text collate "C" default 'it''s', total numeric(20,4), twice numeric generated always as (total * 2) stored, ip inet, made timestamptz default now(), agent varchar references agents(id))`,
    );
    await source.query(
      `insert into "My Schema"."Weird ""Table""" (tags, span, mood, "select", total, ip, agent) select array['a', null, 'b"c'], '[1,5)', 'bad day', E'tab\\there', 1.25, '10.0.0.1/8', id from agents`,
    );
    const { ref, manifest } = await backUp(source.url, held.vault);
    assert.deepEqual(
      manifest.warnings.filter((warning) => warning.partial),
      [],
    );
    const name = `${source.name}_weird`;
    const restored = await restoreTo(server.url(name), held.vault, ref);
    assert.deepEqual(
      [restored.comparison?.differences, restored.drift, restored.warnings.filter((warning) => warning.partial)],
      [[], [], []],
    );
    assert.deepEqual(await differences(source, new TestDatabase(server, name)), []);
    await server.query(`insert into "My Schema"."Weird ""Table""" (total) values (1)`, [], name); // the identity goes on where it was
    await server.dropDatabase(name);
  });

  it('takes a table without a key and with more columns than could be selected and ordered by singly', async () => {
    await source.query(
      `do $$ begin execute 'create table very_wide (' || (select string_agg('c' || i || ' int', ', ') from generate_series(1, 1200) i) || ')'; end $$`,
    );
    await source.query('insert into very_wide (c1, c700, c1200) select i % 3, i, null from generate_series(1, 500) i');
    const { ref } = await backUp(source.url, held.vault);
    const name = `${source.name}_wide`;
    assert.deepEqual((await restoreTo(server.url(name), held.vault, ref)).comparison?.differences, []);
    await server.dropDatabase(name);
    await source.query('drop table very_wide');
  });
});
