import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { TestDatabase } from '../support/postgres.ts';
import { fixtureInOddSchema } from './fixture-in-odd-schema.ts';
import { findDifferences } from './oracle/compare-with-oracle.ts';
import { type UpgradedFixture, upgradeDatabase, upgradeFixture } from './upgrade-fixture.ts';
import { wedgeRevision } from './variations.ts';

/** Databases that Letta's own migrations cannot upgrade: the result must be the same as from a sound one. */
describe('a source that is not as Letta’s migrations leave it', () => {
  let from0113: UpgradedFixture;
  let from0162: UpgradedFixture;
  before(async () => {
    from0113 = await upgradeFixture('letta-0.11.3', '0.16.8');
    from0162 = await upgradeFixture('letta-0.16.2', '0.16.8');
  });
  after(async () => {
    for (const each of [from0113, from0162]) await each[Symbol.asyncDispose]();
  });

  test('made by create_all: no message_seq_id, other names of constraints, other order of columns', async () => {
    await using odd = await upgradeDatabase(await fixtureInOddSchema('letta-0.16.2', { createAll: true }), '0.16.8');
    assertProven(odd);
    assert.deepEqual(await findDifferences(odd.built, from0162.built), []);
  });

  test('repaired by hand: messages count by a sequence of another name', async () => {
    const source = await fixtureInOddSchema('letta-0.16.2', { createAll: true, handRepaired: true });
    await source.query(`select setval('messages_sequence_id_seq', 1000)`);
    await using odd = await upgradeDatabase(source, '0.16.8');
    assertProven(odd);
    const differences = await findDifferences(odd.built, from0162.built);
    assert.deepEqual(
      differences.map(({ table, key }) => `${table} ${key}`),
      ['(sequences) message_seq_id'],
    );
    assert.equal(await nextSequenceId(odd.built), 1001);
  });

  test('stuck in the middle of f6cd5a1e519d: archives.embedding_config is there, alembic_version says that it is not', async () => {
    await using half = await upgradeFixture('letta-0.11.3', wedgeRevision);
    const wedged = await half.built.copy();
    await wedged.query(
      `alter table archives add column embedding_config json;
       update archives a set embedding_config = p.embedding_config
         from (select distinct on (archive_id) archive_id, embedding_config from archival_passages where not is_deleted order by archive_id, id) p
        where p.archive_id = a.id`,
    );
    await using odd = await upgradeDatabase(wedged, '0.16.8');
    assertProven(odd);
    assert.deepEqual(await findDifferences(odd.built, from0113.built), []);
  });

  test('in two steps as in one: 0.11.3 → 0.16.2 → 0.16.8', async () => {
    await using half = await upgradeFixture('letta-0.11.3', '0.16.2');
    await using odd = await upgradeDatabase(await half.built.copy(), '0.16.8');
    assertProven(odd);
    assert.deepEqual(await findDifferences(odd.built, from0113.built), []);
  });
});

function assertProven({ result }: UpgradedFixture): void {
  assert.equal(result.done, true);
  assert.equal(result.comparison?.equal, true);
  assert.deepEqual([result.drift, result.wrong], [[], []]);
}

async function nextSequenceId(database: TestDatabase): Promise<number> {
  const [row] = await database.query<{ next: string }>(`select nextval('message_seq_id')::text as next`);
  return Number(row?.next);
}
