import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { markSql } from '../../../src/postgres/build-mark.ts';
import { quoteIdent } from '../../../src/schema/model.ts';
import { testServer } from '../../support/postgres.ts';
import { type PlantedDatabase, plantedDatabase } from './planted.ts';
import { sees, valueIn } from './sees.ts';

describe('the schema of letta-0.16.8', () => {
  let database: PlantedDatabase;
  let name: string;
  before(async () => {
    database = await plantedDatabase(await testServer(), 'letta-0.16.8');
    name = await valueIn(database, 'select current_database() as name');
  });
  after(() => database[Symbol.asyncDispose]());

  test('no revision, several, one that nobody knows', async () => {
    for (const [statement, code, repair] of [
      ['delete from alembic_version', 'revision-count', /insert the revision/],
      [`insert into alembic_version values ('c6c43222e2de')`, 'revision-count', /^Delete the rows/],
      [`update alembic_version set version_num = '0123456789ab'`, 'revision-unknown', /newer Lifeboat/],
    ] as const) {
      const [found] = await sees(database, [statement], { code, where: 'schema', severity: 'error' });
      assert.match(found?.repair ?? '', repair);
    }
  });

  test('an upgrade that stopped between two releases, and one that is wedged', async () => {
    await using stopped = await plantedDatabase(await testServer(), { revision: 'c6c43222e2de' });
    assert.deepEqual(
      stopped.clean.map(({ code, where, severity }) => [code, where, severity]),
      [
        ['schema-between-releases', 'schema', 'warning'],
        ['default-actor-missing', 'organizations', 'note'],
        ['default-actor-missing', 'users', 'note'],
      ],
    );
    assert.match(stopped.clean[0]?.repair ?? '', /migrations again/);
    const [wedge] = await sees(
      stopped,
      ['alter table archives add column embedding_config json'],
      { code: 'schema-wedge', where: 'schema', severity: 'error' },
      { code: 'drift', where: 'archives: embedding_config', severity: 'error' },
    );
    assert.match(wedge?.repair ?? '', /DROP COLUMN embedding_config/);
  });

  test('drift that harms is an error with its repair, what a user added is a note', async () => {
    const [lost] = await sees(database, ['alter table organizations drop column privileged_tools'], {
      code: 'drift',
      where: 'organizations: privileged_tools',
      severity: 'error',
    });
    assert.match(lost?.repair ?? '', /ADD COLUMN "privileged_tools"/);
    await sees(database, ['create table my_own (id int)'], { code: 'drift', where: 'my_own', severity: 'note' });
  });

  test('names that create_all gives', async () => {
    const [made] = await sees(
      database,
      ['alter table messages rename constraint uq_messages_sequence_id to messages_sequence_id_key'],
      { code: 'schema-create-all', where: 'schema', severity: 'warning' },
      { code: 'drift', where: 'messages: uq_messages_sequence_id', severity: 'error' },
    );
    assert.match(made?.repair ?? '', /^Restore a snapshot/);
  });

  test('an invalid index, one of the catalogue’s and a left-over', async () => {
    const [own] = await sees(
      database,
      [`update pg_index set indisvalid = false where indexrelid = 'ix_messages_agent_created_at'::regclass`],
      { code: 'index-invalid', where: 'messages: ix_messages_agent_created_at', severity: 'warning' },
    );
    assert.equal(own?.repair, 'reindex index concurrently "public"."ix_messages_agent_created_at";');
    const [left] = await sees(
      database,
      [
        'create index ix_messages_agent_created_at_ccnew on messages (agent_id, created_at)',
        `update pg_index set indisvalid = false where indexrelid = 'ix_messages_agent_created_at_ccnew'::regclass`,
      ],
      { code: 'index-invalid', where: 'messages: ix_messages_agent_created_at_ccnew', severity: 'warning' },
    );
    assert.equal(left?.repair, 'drop index "public"."ix_messages_agent_created_at_ccnew";');
  });

  test('another Letta in another schema', async () => {
    await sees(
      database,
      ['create schema second', 'create table second.alembic_version (version_num varchar(32))', 'create table second.agents (id varchar)'],
      { code: 'several-lettas', where: 'second', severity: 'warning' },
    );
  });

  test('a search_path that leads elsewhere, unless the owner has one that leads home', async () => {
    const lost = `alter database ${quoteIdent(name)} set search_path to elsewhere, public`;
    const [finding] = await sees(database, ['create schema elsewhere', lost], {
      code: 'search-path-lost',
      where: 'database',
      severity: 'error',
    });
    assert.equal(finding?.repair, `alter database ${quoteIdent(name)} set search_path to "public";`);
    const owner = await valueIn(
      database,
      `select pg_get_userbyid(relowner) as owner from pg_class where oid = 'alembic_version'::regclass`,
    );
    await sees(database, [
      'create schema elsewhere',
      lost,
      `alter role ${quoteIdent(owner)} in database ${quoteIdent(name)} set search_path to public`,
    ]);
    // A schema that does not exist is passed over.
    await sees(database, [lost]);
  });

  test('what an unfinished restore left, and rows that an upgrade set aside', async () => {
    const mark = { lifeboat: 1, vault: 'v', snapshot: 's', plan: 'p', created: true, time: '2026-11-21T00:00:00Z' } as const;
    const [unfinished] = await sees(database, [markSql(name, { ...mark, state: 'incomplete' })], {
      code: 'restore-unfinished',
      where: 'database',
      severity: 'error',
    });
    assert.match(unfinished?.repair ?? '', /^Run that restore or upgrade again/);
    await sees(database, [markSql(name, { ...mark, state: 'complete' })]);
    const [aside] = await sees(
      database,
      [
        'create schema lifeboat_set_aside',
        'create table lifeboat_set_aside.tools (id text)',
        'create table lifeboat_set_aside.reasons (id text)',
      ],
      { code: 'rows-set-aside', where: 'lifeboat_set_aside', severity: 'note' },
    );
    assert.match(aside?.message ?? '', /rows of tools aside/);
  });

  test('messages whose sequence is missing, another one, or behind', async () => {
    const [missing] = await sees(database, ['alter table messages alter sequence_id drop default'], {
      code: 'sequence-missing',
      where: 'schema',
      severity: 'error',
    });
    assert.match(missing?.repair ?? '', /SET DEFAULT/);
    const [gone] = await sees(database, ['drop sequence message_seq_id cascade'], {
      code: 'sequence-missing',
      where: 'schema',
      severity: 'error',
    });
    assert.match(gone?.repair ?? '', /CREATE SEQUENCE "message_seq_id"[\s\S]*setval[\s\S]*SET DEFAULT/);
    await sees(
      database,
      [
        'create sequence messages_sequence_id_seq',
        `select setval('messages_sequence_id_seq', (select max(sequence_id) from messages))`,
        `alter table messages alter sequence_id set default nextval('messages_sequence_id_seq')`,
      ],
      { code: 'schema-hand-repaired-sequence', where: 'schema', severity: 'warning' },
    );
  });

  test('a sequence that is behind gives a value that is free, once it is mended', async () => {
    const largest = await valueIn(database, 'select max(sequence_id) from messages');
    const [behind] = await sees(database, ['alter sequence message_seq_id restart with 7'], {
      code: 'sequence-behind',
      where: 'message_seq_id',
      severity: 'error',
      mended: true,
    });
    assert.deepEqual(behind?.changes, [{ kind: 'set sequence', sequence: 'message_seq_id', was: '7', next: `${Number(largest) + 1}` }]);
    await sees(database, [`alter sequence message_seq_id restart with ${largest}`], {
      code: 'sequence-behind',
      where: 'message_seq_id',
      mended: true,
    });
    await sees(database, [`alter sequence message_seq_id restart with ${Number(largest) + 1}`]);
  });

  test('nothing keeps sequence_id unique', async () => {
    const open = 'alter table messages drop constraint uq_messages_sequence_id';
    await sees(database, [open], { code: 'sequence-id-not-unique', where: 'messages.sequence_id', severity: 'error' });
    const twice = (await database.query('select id from messages order by sequence_id desc limit 2')).map(({ id }) => id ?? '');
    await sees(
      database,
      [open, `update messages set sequence_id = (select max(sequence_id) from messages) where id in ('${twice.join("','")}')`],
      { code: 'sequence-id-not-unique', where: 'messages.sequence_id', ids: twice.sort() },
    );
  });
});

describe('other layouts and releases', () => {
  test('the Docker layout without its search_path', async () => {
    await using database = await plantedDatabase(await testServer(), 'letta-0.16.2.custom-layout');
    const name = await valueIn(database, 'select current_database() as name');
    const [finding] = await sees(database, [`alter database ${quoteIdent(name)} reset search_path`], {
      code: 'search-path-lost',
      where: 'database',
      severity: 'error',
    });
    assert.equal(finding?.repair, `alter database ${quoteIdent(name)} set search_path to "letta";`);
  });

  test('at 0.11.3 the other sequence is looked at, too', async () => {
    await using database = await plantedDatabase(await testServer(), 'letta-0.11.3');
    await sees(database, ['alter sequence job_messages_id_seq restart with 1'], {
      code: 'sequence-behind',
      where: 'job_messages_id_seq',
      mended: true,
    });
    await sees(database, ['alter sequence message_seq_id restart with 1'], {
      code: 'sequence-behind',
      where: 'message_seq_id',
      mended: true,
    });
  });
});
