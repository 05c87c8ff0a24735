import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { brought, named, unnoticed } from './late-findings.ts';

const [below, above] = ['750dd87faa12', 'b888f21b151f'];
const file = (id: string, source_id: string, chunks_embedded: number | null, is_deleted = false) => ({
  id,
  source_id,
  chunks_embedded,
  is_deleted,
});
const passage = (id: string, source_id: string, file_id: string, is_deleted = false) => ({ id, source_id, file_id, is_deleted });

describe('b888f21b151f: where a folder’s chunks are', () => {
  it('is told by files and passages', async () => {
    const rows = {
      sources: ['at pinecone', 'deleted file', 'deleted passage', 'empty', 'here', 'mixed', 'not embedded'].map((id) => ({ id, name: id })),
      files: [
        file('1', 'at pinecone', 4),
        file('2', 'deleted file', 4, true),
        file('3', 'deleted passage', 4),
        file('4', 'here', 4),
        file('5', 'mixed', 4),
        file('6', 'mixed', 4),
        file('7', 'not embedded', 0),
        file('8', 'not embedded', null),
        file('9', 'at pinecone', 4),
      ],
      source_passages: [passage('a', 'deleted passage', '3', true), passage('b', 'here', '4'), passage('c', 'mixed', '5')],
    };
    await using built = await brought(below, above, rows);
    assert.deepEqual(await built.query(`select id from sources where vector_db_provider = 'PINECONE'`), [{ id: 'at pinecone' }]);
    assert.deepEqual(await built.query(`select count(*) as n from sources where vector_db_provider = 'NATIVE'`), [{ n: '6' }]);
    assert.deepEqual(await named(built), [
      'derived sources.vector_db_provider: id=at pinecone',
      'derived sources.vector_db_provider: id=mixed',
    ]);
    assert.deepEqual(await built.wrong(), []);
    assert.deepEqual(
      await unnoticed(
        built,
        rows.sources.map(
          ({ id }) =>
            `update sources set vector_db_provider = case vector_db_provider when 'NATIVE' then 'PINECONE' else 'NATIVE' end::vectordbprovider where id = '${id}'`,
        ),
      ),
      [],
    );
  });

  it('goes on the way down, and an archive cannot be at Pinecone', async () => {
    const labelled = (...labels: string[]) => labels.map((label) => ({ id: label, name: label, vector_db_provider: label }));
    const rows = { sources: labelled('NATIVE', 'TPUF', 'PINECONE'), archives: labelled('NATIVE', 'TPUF', 'PINECONE') };
    await using built = await brought(above, below, rows);
    assert.deepEqual(await built.query('select id, vector_db_provider as at from archives order by id'), [
      { id: 'NATIVE', at: 'NATIVE' },
      { id: 'PINECONE', at: 'NATIVE' },
      { id: 'TPUF', at: 'TPUF' },
    ]);
    assert.deepEqual(await named(built), [
      'dropped archives.vector_db_provider: id=PINECONE',
      'dropped sources.vector_db_provider: id=PINECONE id=TPUF',
    ]);
    assert.deepEqual(built.plan.drops, []);
    assert.deepEqual(await built.wrong(), []);
    assert.deepEqual(
      await unnoticed(built, [
        `update archives set vector_db_provider = 'NATIVE' where id = 'TPUF'`,
        `update archives set vector_db_provider = 'TPUF' where id = 'NATIVE'`,
        `update archives set vector_db_provider = 'TPUF' where id = 'PINECONE'`,
      ]),
      [],
    );
  });
});
