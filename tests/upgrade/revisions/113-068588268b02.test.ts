import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { brought, named, unnoticed } from './late-findings.ts';

const [below, above] = ['887a4367b560', '068588268b02'];

describe('068588268b02: where an archive’s vectors are', () => {
  it('is the database for all archives from below', async () => {
    await using built = await brought(below, above, { archives: [{ id: 'a', name: 'one' }] });
    assert.deepEqual(await built.query('select vector_db_provider from archives'), [{ vector_db_provider: 'NATIVE' }]);
    assert.deepEqual(await built.wrong(), []);
    assert.deepEqual(await unnoticed(built, [`update archives set vector_db_provider = 'TPUF'`]), []);
  });

  it('is lost on the way down only for Turbopuffer', async () => {
    const archives = [
      { id: 'a', name: 'one', vector_db_provider: 'NATIVE' },
      { id: 'b', name: 'two', vector_db_provider: 'TPUF' },
    ];
    await using built = await brought(above, below, { archives });
    assert.deepEqual(await named(built), ['dropped archives.vector_db_provider: id=b']);
    assert.deepEqual(built.plan.drops, []);
    assert.deepEqual(await built.wrong(), []);
  });
});
