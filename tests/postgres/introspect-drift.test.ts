import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { schemaAt } from '../../src/letta/catalogue.ts';
import { driftFromCatalogue } from '../../src/letta/drift.ts';
import { recogniseSchema } from '../../src/letta/recognise-schema.ts';
import type { Session } from '../../src/postgres/database.ts';
import { inOrder, schemaStatements } from '../../src/postgres/ddl.ts';
import { introspect } from '../../src/postgres/introspect.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import type { DriftFinding } from '../../src/schema/compare.ts';
import { runAll } from '../schema/places.ts';
import { type TestDatabase, testServer } from '../support/postgres.ts';

interface Plant {
  revision: string;
  sql: string[];
  /** `kind table.name`, `note` where it is one. */
  found: string[];
  /** Whether the finding's repair makes everything right again. */
  repaired?: boolean;
}

const [v0113, v0120, v0162, v0168] = ['5fb8bba2c373', 'c734cfc0d595', '27de0f58e076', '1c28e167b74f'];

const plants: Record<string, Plant> = {
  nothing: { revision: v0168, sql: [], found: [] },
  'a missing column': {
    revision: v0162,
    sql: ['ALTER TABLE steps DROP COLUMN request_id'],
    found: ['missing column steps.request_id'],
    repaired: true,
  },
  'a column of another type': {
    revision: v0168,
    sql: ['ALTER TABLE agents ALTER COLUMN name TYPE varchar(20)'],
    found: ['column type agents.name'],
    repaired: true,
  },
  'a lost default': {
    revision: v0113,
    sql: ['ALTER TABLE messages ALTER COLUMN sequence_id DROP DEFAULT'],
    found: ['column default messages.sequence_id'],
    repaired: true,
  },
  'another default': {
    revision: v0162,
    sql: ["ALTER TABLE identities ALTER COLUMN properties SET DEFAULT '{}'"],
    found: ['column default identities.properties'],
    repaired: true,
  },
  'a nullable column': {
    revision: v0120,
    sql: ['ALTER TABLE agents ALTER COLUMN organization_id DROP NOT NULL'],
    found: ['column nullability agents.organization_id'],
    repaired: true,
  },
  'a column that became NOT NULL': {
    revision: v0120,
    sql: ['ALTER TABLE agents ALTER COLUMN name SET NOT NULL'],
    found: ['column nullability agents.name'],
    repaired: true,
  },
  'an extra column': { revision: v0168, sql: ['ALTER TABLE agents ADD COLUMN mine text'], found: ['extra column agents.mine'] },
  'an identity column': {
    revision: v0113,
    sql: [
      'ALTER TABLE job_messages ALTER COLUMN id DROP DEFAULT',
      'ALTER TABLE job_messages ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY',
    ],
    found: ['column default job_messages.id', 'column identity job_messages.id'],
  },
  'another collation': {
    revision: v0168,
    sql: ['ALTER TABLE agents ALTER COLUMN name TYPE varchar COLLATE "C"'],
    found: ['column collation agents.name'],
  },
  'columns in another order': {
    revision: v0168,
    sql: [
      'ALTER TABLE agents_tags RENAME tag TO t',
      'ALTER TABLE agents_tags RENAME agent_id TO tag',
      'ALTER TABLE agents_tags RENAME t TO agent_id',
    ],
    found: ['note column order agents_tags.agents_tags', '*'],
  },
  'a missing table': { revision: v0168, sql: ['DROP TABLE blocks_tags'], found: ['missing table blocks_tags'], repaired: true },
  'a missing table with keys and indexes': {
    revision: v0162,
    sql: ['DROP TABLE conversation_messages'],
    found: ['missing table conversation_messages'],
    repaired: true,
  },
  'an extra table': { revision: v0162, sql: ['CREATE TABLE mine (a int)'], found: ['note extra table mine'] },
  'a missing sequence': {
    revision: v0168,
    sql: ['DROP SEQUENCE message_seq_id CASCADE'],
    found: ['missing sequence message_seq_id', 'column default messages.sequence_id'],
    repaired: true,
  },
  'an owned sequence': {
    revision: v0168,
    sql: ['ALTER SEQUENCE message_seq_id OWNED BY messages.sequence_id'],
    found: ['sequence owner message_seq_id'],
    repaired: true,
  },
  'a sequence without its owner': {
    revision: v0113,
    sql: ['ALTER SEQUENCE job_messages_id_seq OWNED BY NONE'],
    found: ['sequence owner job_messages_id_seq'],
    repaired: true,
  },
  'another sequence': {
    revision: v0162,
    sql: ['ALTER SEQUENCE message_seq_id AS integer INCREMENT BY 2'],
    found: ['sequence definition message_seq_id'],
    repaired: true,
  },
  'an extra sequence': { revision: v0162, sql: ['CREATE SEQUENCE mine'], found: ['note extra sequence mine'] },
  'a missing enum label': {
    revision: v0162,
    sql: [
      'ALTER TYPE stepstatus RENAME TO old',
      "CREATE TYPE stepstatus AS ENUM ('PENDING', 'FAILED', 'CANCELLED')",
      'ALTER TABLE steps ALTER COLUMN status TYPE stepstatus USING status::text::stepstatus',
      'DROP TYPE old',
    ],
    found: ['enum labels stepstatus'],
    repaired: true,
  },
  'an extra enum label': { revision: v0162, sql: ["ALTER TYPE sandboxtype ADD VALUE 'MINE'"], found: ['enum labels sandboxtype'] },
  'a missing enum': { revision: v0168, sql: ['DROP TYPE stopreasontype'], found: ['missing enum stopreasontype'], repaired: true },
  'a missing primary key': {
    revision: v0168,
    sql: ['ALTER TABLE agents DROP CONSTRAINT agents_pkey CASCADE'],
    found: ['missing constraint agents.agents_pkey', '*'],
    repaired: true,
  },
  'a missing foreign key': {
    revision: v0120,
    sql: ['ALTER TABLE messages DROP CONSTRAINT fk_messages_run_id'],
    found: ['missing constraint messages.fk_messages_run_id'],
    repaired: true,
  },
  'a missing unique constraint': {
    revision: v0168,
    sql: ['ALTER TABLE messages DROP CONSTRAINT uq_messages_sequence_id'],
    found: ['missing constraint messages.uq_messages_sequence_id'],
    repaired: true,
  },
  'a constraint of another name': {
    revision: v0113,
    sql: ['ALTER TABLE steps RENAME CONSTRAINT fk_steps_job_id TO steps_job_id_fkey'],
    found: ['constraint name steps.fk_steps_job_id'],
    repaired: true,
  },
  'a foreign key that does something else': {
    revision: v0168,
    sql: [
      'ALTER TABLE messages DROP CONSTRAINT fk_messages_run_id, ADD CONSTRAINT fk_messages_run_id FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE',
    ],
    found: ['constraint definition messages.fk_messages_run_id'],
    repaired: true,
  },
  'a foreign key that was not validated': {
    revision: v0168,
    sql: [
      'ALTER TABLE messages DROP CONSTRAINT fk_messages_run_id, ADD CONSTRAINT fk_messages_run_id FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE SET NULL NOT VALID',
    ],
    found: ['constraint definition messages.fk_messages_run_id'],
    repaired: true,
  },
  'a unique constraint that counts nulls': {
    revision: v0162,
    sql: [
      'ALTER TABLE tools DROP CONSTRAINT uix_organization_project_name, ADD CONSTRAINT uix_organization_project_name UNIQUE (organization_id, project_id, name)',
    ],
    found: ['constraint definition tools.uix_organization_project_name'],
    repaired: true,
  },
  'an extra check': {
    revision: v0168,
    sql: ['ALTER TABLE agents ADD CONSTRAINT mine CHECK (length(name) > 0)'],
    found: ['extra constraint agents.mine'],
  },
  'a missing index': {
    revision: v0162,
    sql: ['DROP INDEX ix_messages_agent_sequence'],
    found: ['missing index messages.ix_messages_agent_sequence'],
    repaired: true,
  },
  'an index of another name': {
    revision: v0162,
    sql: ['ALTER INDEX ix_messages_agent_sequence RENAME TO mine'],
    found: ['index name messages.ix_messages_agent_sequence'],
    repaired: true,
  },
  'another index of that name': {
    revision: v0162,
    sql: ['DROP INDEX ix_messages_agent_sequence', 'CREATE INDEX ix_messages_agent_sequence ON messages (agent_id, sequence_id DESC)'],
    found: ['index definition messages.ix_messages_agent_sequence'],
    repaired: true,
  },
  'an invalid index': {
    revision: v0168,
    sql: ["UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'idx_messages_on_updated_at'::regclass"],
    found: ['invalid index messages.idx_messages_on_updated_at'],
    repaired: true,
  },
  'an extra index': { revision: v0168, sql: ['CREATE INDEX mine ON messages (created_at)'], found: ['note extra index messages.mine'] },
  'an extra unique index': { revision: v0168, sql: ['CREATE UNIQUE INDEX mine ON agents (name)'], found: ['extra index agents.mine'] },
  'a missing extension': { revision: v0168, sql: ['DROP EXTENSION vector CASCADE'], found: ['missing extension vector', '*'] },
};

describe('drift that was planted', () => {
  let database: TestDatabase;
  let session: Session;
  const server = testServer();
  const home = (revision: string) => `at_${revision}`;

  before(async () => {
    database = await (await server).createDatabase({ vector: true });
    const target = openDatabase((await server).url(database.name));
    session = await target.connect();
    for (const revision of [v0113, v0120, v0162, v0168]) {
      await runAll(session, [
        `CREATE SCHEMA ${home(revision)}`,
        `SET search_path TO ${home(revision)}, public`,
        ...inOrder(schemaStatements(schemaAt(revision), home(revision))),
      ]);
    }
  });
  after(async () => {
    await session.close();
    await (await server).dropDatabase(database.name);
  });

  /** What is found at a revision; the other revisions' schemas in this database are extras that do not count. */
  const find = async (revision: string): Promise<DriftFinding[]> => {
    const model = await introspect(session, home(revision));
    const own = {
      ...model,
      enums: model.enums.filter(({ schema }) => schema === null),
      sequences: model.sequences.filter(({ schema }) => schema === null),
      tables: model.tables.filter(({ schema }) => schema === null),
    };
    return driftFromCatalogue(own, [revision]);
  };

  for (const [what, { revision, sql, found, repaired }] of Object.entries(plants)) {
    it(`is named: ${what}`, async () => {
      await session.query('BEGIN');
      try {
        await session.query(`SET LOCAL search_path TO ${home(revision)}, public`);
        await runAll(session, sql);
        const findings = await find(revision);
        const named = findings.map(
          ({ severity, kind, table, name }) => `${severity === 'note' ? 'note ' : ''}${kind} ${table === null ? '' : `${table}.`}${name}`,
        );
        if (found.includes('*')) for (const each of found.filter((text) => text !== '*')) assert.ok(named.includes(each), named.join('; '));
        else assert.deepEqual(named, found);
        if (!repaired) return;
        // Foreign keys after the keys that they need.
        const repairs = findings
          .flatMap(({ repair }) => repair ?? [])
          .sort((a, b) => Number(a.includes('FOREIGN KEY')) - Number(b.includes('FOREIGN KEY')));
        await runAll(
          session,
          repairs.flatMap((repair) => repair.split(';\n')),
        );
        assert.deepEqual(
          (await find(revision)).filter(({ severity }) => severity === 'drift'),
          [],
        );
      } finally {
        await session.query('ROLLBACK');
      }
    });
  }

  it('is recognised: an upgrade that wedged', async () => {
    const revision = 'c6c43222e2de';
    const expected = schemaAt(revision);
    assert.deepEqual(
      recogniseSchema([revision], expected).map(({ state }) => state),
      ['between releases'],
    );
    expected.tables
      .find(({ name }) => name === 'archives')
      ?.columns.push({
        name: 'embedding_config',
        type: 'json',
        notNull: false,
        default: null,
        identity: null,
        generated: null,
        collation: null,
      });
    assert.deepEqual(
      recogniseSchema([revision], expected).map(({ state }) => state),
      ['wedge'],
    );
  });

  it('is recognised: a schema of create_all, and its hand-made sequence', async () => {
    await session.query('BEGIN');
    try {
      await session.query(`SET LOCAL search_path TO ${home(v0168)}, public`);
      await runAll(session, [
        'ALTER TABLE messages ALTER COLUMN sequence_id DROP DEFAULT',
        'DROP SEQUENCE message_seq_id',
        'DROP TYPE stopreasontype',
        'ALTER TABLE steps RENAME CONSTRAINT pk_steps_id TO steps_pkey',
        'ALTER TABLE steps RENAME CONSTRAINT fk_steps_run_id TO steps_run_id_fkey',
        'ALTER TABLE messages RENAME CONSTRAINT uq_messages_sequence_id TO messages_sequence_id_key',
        'ALTER TABLE blocks_agents ADD CONSTRAINT blocks_agents_pkey PRIMARY KEY (agent_id, block_id, block_label)',
      ]);
      const states = async () => recogniseSchema([v0168], await introspect(session, home(v0168))).map(({ state }) => state);
      assert.deepEqual(await states(), ['create_all', 'missing sequence']);
      assert.deepEqual(
        (await find(v0168)).map(({ kind, table, name }) => `${kind} ${table === null ? '' : `${table}.`}${name}`),
        [
          'missing enum stopreasontype',
          'missing sequence message_seq_id',
          'column nullability blocks_agents.agent_id',
          'column nullability blocks_agents.block_id',
          'column nullability blocks_agents.block_label',
          'extra constraint blocks_agents.blocks_agents_pkey',
          'column default messages.sequence_id',
          'constraint name messages.uq_messages_sequence_id',
          'constraint name steps.pk_steps_id',
          'constraint name steps.fk_steps_run_id',
        ].filter((finding) => !finding.startsWith('column nullability blocks_agents')),
      );
      await runAll(session, [
        'CREATE SEQUENCE messages_sequence_id_seq',
        "ALTER TABLE messages ALTER COLUMN sequence_id SET DEFAULT nextval('messages_sequence_id_seq')",
      ]);
      assert.deepEqual(await states(), ['create_all', 'hand-repaired sequence']);
    } finally {
      await session.query('ROLLBACK');
    }
  });

  it('is recognised: revisions that no server starts on', () => {
    const model = schemaAt(v0162);
    const states = (...revisions: string[]) => recogniseSchema(revisions, model).map(({ state }) => state);
    assert.deepEqual(states(v0162), []);
    assert.deepEqual(states(), ['no revision']);
    assert.deepEqual(states(v0162, v0168), ['several revisions']);
    assert.deepEqual(states('feedfacefeed'), ['unknown revision']);
  });
});
