import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openDatabase } from '../../../src/postgres/open-database.ts';
import { objectChecks } from '../../../src/verify/checks/object-checks.ts';
import { type FixtureName, loadFixture } from '../../support/fixtures.ts';
import { testServer } from '../../support/postgres.ts';
import { type PlantedDatabase, plantedDatabase } from './planted.ts';
import { sees, valueIn } from './sees.ts';

/** SQL of a vector of 4,096 numbers: 0.5 up to `dimensions`, then zeros, and `last` at the end. */
const vector = (dimensions: number, last = '0'): string =>
  `(array_cat(array_cat(array_fill(0.5::real, array[${dimensions}]), array_fill(0::real, array[${4095 - dimensions}])), array[${last}::real]))::vector`;

for (const fixture of ['letta-0.11.3', 'letta-0.16.2.custom-layout', 'letta-0.16.8'] as const satisfies readonly FixtureName[]) {
  describe(`passages in ${fixture}`, () => {
    let database: PlantedDatabase;
    let passage: string;
    let chunk: string;
    before(async () => {
      database = await plantedDatabase(await testServer(), fixture);
      passage = await valueIn(database, `select min(id) from archival_passages where not is_deleted`);
      chunk = await valueIn(database, `select min(id) from source_passages`);
    });
    after(() => database[Symbol.asyncDispose]());

    for (const table of ['archival_passages', 'source_passages']) {
      const one = () => (table === 'archival_passages' ? passage : chunk);

      test(`${table}: numbers beyond the dimensions of the model, however small and at the very end`, async () => {
        await sees(database, [`update ${table} set embedding = ${vector(1536, '1e-30')} where id = '${one()}'`], {
          code: 'vector-tail',
          where: `${table}.embedding`,
          ids: [one()],
        });
        await sees(database, [`update ${table} set embedding = ${vector(1537)} where id = '${one()}'`], {
          code: 'vector-tail',
          where: `${table}.embedding`,
          ids: [one()],
        });
      });

      test(`${table}: numbers that would cancel each other out`, async () => {
        const cancelling = `array_cat(array_fill(0.5::real, array[4094]), array[-1::real, 1::real])::vector`;
        await sees(database, [`update ${table} set embedding = ${cancelling} where id = '${one()}'`], {
          code: 'vector-tail',
          where: `${table}.embedding`,
          ids: [one()],
        });
      });

      test(`${table}: a vector as a server pads it`, async () => {
        await sees(database, [`update ${table} set embedding = ${vector(1536)} where id = '${one()}'`]);
      });

      test(`${table}: no vector, and one of zeros`, async () => {
        const [other] = await database.query(`select min(id) as id from ${table} where id > '${one()}'`);
        const [finding] = await sees(
          database,
          [
            `update ${table} set embedding = null where id = '${one()}'`,
            `update ${table} set embedding = array_fill(0::real, array[4096])::vector where id = '${other?.id}'`,
          ],
          { code: 'vector-missing', where: `${table}.embedding`, ids: [one(), other?.id ?? ''].sort() },
        );
        assert.match(finding?.message ?? '', /1 passage without a vector, 1 with one of zeros/);
      });

      test(`${table}: a vector of another size, where the column allows it`, async () => {
        const damage = [
          `alter table ${table} alter column embedding type vector`,
          `update ${table} set embedding = '[1,2,3]' where id = '${one()}'`,
        ];
        const found = await database.plant(...damage);
        const of = (code: string) => found.filter((finding) => finding.code === code).map(({ where, ids }) => ({ where, ids }));
        assert.deepEqual(of('vector-dimensions'), [{ where: `${table}.embedding`, ids: [one()] }]);
        // The search that a server would run for an agent's memories fails indeed.
        const failing = table === 'archival_passages' ? ['query-failed'] : [];
        assert.deepEqual([...new Set(found.map(({ code }) => code))].sort(), ['drift', ...failing, 'vector-dimensions']);
      });
    }

    test('an agent, or an archive, of another model than its memories', async () => {
      const agent = await valueIn(
        database,
        `select l.agent_id from archives_agents l join archival_passages p using (archive_id) order by l.agent_id limit 1`,
      );
      const other = (table: string, where: string) =>
        `update ${table} set embedding_config = replace(embedding_config::text, 'text-embedding-3-small', 'text-embedding-3-large')::json where ${where}`;
      const [finding] = await sees(database, [other('agents', `id = '${agent}'`)], {
        code: 'archive-embedding',
        where: 'agents.embedding_config',
        ids: [agent],
      });
      assert.match(finding?.message ?? '', /"text-embedding-3-large", 1536 dimensions, passages "text-embedding-3-small", 1536/);
      if (fixture === 'letta-0.11.3') return; // archives had no configuration yet
      const archive = await valueIn(database, `select archive_id from archives_agents where agent_id = '${agent}'`);
      await sees(database, [other('archives', `id = '${archive}'`)], {
        code: 'archive-embedding',
        where: 'archives.embedding_config',
        ids: [archive],
      });
    });

    test('a second archive', async () => {
      const [[agent], [archive]] = [
        await database.query('select agent_id as id from archives_agents order by 1 limit 1'),
        await database.query(
          'select id from archives where id not in (select archive_id from archives_agents order by agent_id limit 1) limit 1',
        ),
      ];
      await sees(
        database,
        [
          'alter table archives_agents drop constraint unique_agent_archive',
          `insert into archives_agents (agent_id, archive_id, is_owner) values ('${agent?.id}', '${archive?.id}', true)`,
        ],
        { code: 'archives-per-agent', where: 'archives_agents.agent_id', ids: [agent?.id ?? ''] },
        { code: 'drift', where: 'archives_agents: unique_agent_archive', severity: 'error' },
      );
    });
  });
}

describe('tags of passages', () => {
  let database: PlantedDatabase;
  let tagged: string;
  before(async () => {
    database = await plantedDatabase(await testServer(), 'letta-0.16.8');
    tagged = await valueIn(database, `select min(passage_id) from passage_tags where tag like 'year:%'`);
  });
  after(() => database[Symbol.asyncDispose]());

  test('without rows get the rows that a server would have written', async () => {
    const [finding] = await sees(database, [`delete from passage_tags where passage_id = '${tagged}'`], {
      code: 'passage-tags',
      where: 'passage_tags',
      ids: [tagged],
      mended: true,
    });
    const rows = (finding?.changes ?? []).map((change) => (change.kind === 'insert' ? change.row : {}));
    assert.deepEqual(
      rows.map(({ tag }) => tag),
      (await database.query(`select tag from passage_tags where passage_id = '${tagged}' order by tag collate "C"`)).map(({ tag }) => tag),
    );
    const [was] = await database.query(
      `select archive_id, organization_id, is_deleted from passage_tags where passage_id = '${tagged}' limit 1`,
    );
    for (const { id, archive_id, organization_id, is_deleted } of rows) {
      assert.match(id ?? '', /^passage-tag-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.deepEqual({ archive_id, organization_id, is_deleted }, was);
    }
  });

  test('may hold anything that JSON can write, and come but once', async () => {
    const tags = String.raw`'["it''s", "\ud83d\udce6", "a\\b", "a\\b", "\u00dc"]'`;
    await sees(
      database,
      [`delete from passage_tags where passage_id = '${tagged}'`, `update archival_passages set tags = ${tags} where id = '${tagged}'`],
      { code: 'passage-tags', where: 'passage_tags', ids: [tagged], mended: true },
    );
  });

  test('that only the rows have are nobody’s to choose', async () => {
    await sees(database, [`update archival_passages set tags = '["paper"]' where id = '${tagged}'`], {
      code: 'passage-tags',
      where: 'archival_passages.tags',
      ids: [tagged],
    });
    await sees(database, [`update archival_passages set tags = null where id = '${tagged}'`], {
      code: 'passage-tags',
      where: 'archival_passages.tags',
      ids: [tagged],
      count: 2,
    });
  });

  test('text-only passages have neither model nor vector', async () => {
    await sees(database, [`update archival_passages set embedding = null, embedding_config = null where id = '${tagged}'`]);
  });
});

test('the oldest pgvector at hand finds the same', async (t) => {
  const server = await testServer('16.2').catch((error: Error) => error);
  if (server instanceof Error) return t.skip(server.message);
  await using database = await plantedDatabase(server, 'letta-0.16.8', { checks: objectChecks });
  const passage = await valueIn(database, `select min(id) from archival_passages where not is_deleted`);
  await sees(database, [`update archival_passages set embedding = ${vector(1537)} where id = '${passage}'`], {
    code: 'vector-tail',
    where: 'archival_passages.embedding',
    ids: [passage],
  });
  await sees(database, [`update archival_passages set embedding = array_fill(0::real, array[4096])::vector where id = '${passage}'`], {
    code: 'vector-missing',
    where: 'archival_passages.embedding',
    ids: [passage],
  });
});

for (const label of [15, '16.2'] as const) {
  test(`pgvector of the server ${label} stores no NaN and no infinity, however they come`, async (t) => {
    const server = await testServer(label).catch((error: Error) => error);
    if (server instanceof Error) return t.skip(server.message);
    await using loaded = await loadFixture(server, 'letta-0.16.8');
    const database = openDatabase(loaded.url, { environment: {} });
    const session = await database.connect();
    try {
      await session.query('create table numbers (v vector)');
      for (const [text, bytes] of [
        ['NaN', 0x7fc00000],
        ['Infinity', 0x7f800000],
        ['-Infinity', 0xff800000],
      ] as const) {
        const refused = /(NaN|infinite value) not allowed in vector/;
        await assert.rejects(session.query(`insert into numbers values ('[1,${text}]')`), refused);
        await assert.rejects(session.query(`insert into numbers values (array[1, '${text}']::real[]::vector)`), refused);
        await assert.rejects(session.copyIn('copy numbers from stdin (format binary)', [binaryVector(bytes)]), refused);
      }
      assert.deepEqual(await session.query('select count(*) as rows from numbers'), [{ rows: '0' }]);
      assert.equal(await session.copyIn('copy numbers from stdin (format binary)', [binaryVector(0x3f800000)]), 1);
    } finally {
      await session.close();
      await database.close();
    }
  });
}

/** A binary COPY of one row: a vector of one number, by its bits. */
function binaryVector(bits: number): Buffer {
  const vectorBytes = Buffer.alloc(8);
  vectorBytes.writeInt16BE(1, 0);
  vectorBytes.writeUInt32BE(bits, 4);
  const row = Buffer.alloc(6);
  row.writeInt16BE(1, 0);
  row.writeInt32BE(vectorBytes.length, 2);
  return Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8), row, vectorBytes, Buffer.from([0xff, 0xff])]);
}
