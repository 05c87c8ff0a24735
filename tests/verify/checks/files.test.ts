import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FixtureName } from '../../support/fixtures.ts';
import { testServer } from '../../support/postgres.ts';
import { type PlantedDatabase, plantedDatabase } from './planted.ts';
import { sees, valueIn } from './sees.ts';

for (const fixture of ['letta-0.11.3', 'letta-0.16.8'] as const satisfies readonly FixtureName[]) {
  describe(`files in ${fixture}`, () => {
    let database: PlantedDatabase;
    let notes: string;
    let stuck: string;
    let folder: string;
    before(async () => {
      database = await plantedDatabase(await testServer(), fixture);
      notes = await valueIn(database, `select id from files where original_file_name = 'notes.md'`);
      stuck = await valueIn(database, `select id from files where original_file_name = 'stuck.pdf'`);
      folder = await valueIn(database, `select source_id from files where id = '${notes}'`);
    });
    after(() => database[Symbol.asyncDispose]());

    for (const status of ['pending', 'parsing', 'embedding'])
      test(`${status} for more than half an hour`, async () => {
        const [finding] = await sees(
          database,
          [`update files set processing_status = '${status}', created_at = '2026-11-20 23:29:59+00' where id = '${stuck}'`],
          { code: 'file-unfinished', where: 'files.processing_status', ids: [stuck], severity: 'warning' },
        );
        assert.match(finding?.message ?? '', /^1 file not processed to the end, and older/);
      });

    test('for less than half an hour: only another one to wait for', async () => {
      const [finding] = await sees(
        database,
        [
          `update files set created_at = '2026-11-20 23:30:01+00' where id = '${stuck}'`,
          `update files set processing_status = 'parsing' where id = '${notes}'`,
        ],
        { code: 'file-unfinished', where: 'files.processing_status', ids: [notes, stuck].sort(), severity: 'note' },
      );
      assert.match(finding?.message ?? '', /^2 files not processed to the end, none older/);
    });

    test('a status that no server knows', async () => {
      await sees(database, [`update files set processing_status = 'uploading' where id = '${notes}'`], {
        code: 'file-status',
        where: 'files.processing_status',
        ids: [notes],
        severity: 'error',
      });
    });

    test('chunks that are not there', async () => {
      const lost = [`delete from source_passages where id = (select min(id) from source_passages where file_id = '${notes}')`];
      const [finding] = await sees(database, lost, { code: 'file-chunks', where: 'files.chunks_embedded', ids: [notes] });
      assert.match(finding?.message ?? '', / with 2 of 3$/);
      await sees(database, [`delete from source_passages where file_id = '${notes}'`], {
        code: 'file-chunks',
        where: 'files.chunks_embedded',
        ids: [notes],
      });
    });

    test('a file that was imported does not say how many chunks it has', async () => {
      await sees(database, [
        `update files set chunks_embedded = null where id = '${notes}'`,
        `delete from source_passages where id = (select min(id) from source_passages where file_id = '${notes}')`,
      ]);
    });

    test('text that is gone', async () => {
      await sees(database, [`delete from file_contents where file_id = '${notes}'`], {
        code: 'file-content',
        where: 'files',
        ids: [notes],
      });
    });

    test('attached to agents, though it or its folder is deleted', async () => {
      const attachments = async (where: string) =>
        (await database.query(`select id from files_agents where ${where} order by id`)).map(({ id }) => id ?? '');
      const [all, ofNotes] = [await attachments('true'), await attachments(`file_id = '${notes}'`)];
      assert.deepEqual([all.length, ofNotes.length], [4, 2]);
      await sees(database, [`update sources set is_deleted = true where id = '${folder}'`], {
        code: 'file-attachment',
        where: 'files_agents',
        ids: all,
        mended: true,
      });
      await sees(database, [`update files set is_deleted = true where id = '${notes}'`], {
        code: 'file-attachment',
        where: 'files_agents',
        ids: ofNotes,
        mended: true,
      });
    });

    test('attached to an agent that does not have its folder', async () => {
      const [row] = await database.query(`select agent_id from files_agents order by agent_id limit 1`);
      const ids = await database.query(`select id from files_agents where agent_id = '${row?.agent_id}' order by id`);
      await sees(database, [`delete from sources_agents where source_id = '${folder}' and agent_id = '${row?.agent_id}'`], {
        code: 'file-attachment',
        where: 'files_agents.source_id',
        ids: ids.map(({ id }) => id ?? ''),
      });
    });

    test('what a server has taken off already is no damage', async () => {
      await sees(database, [
        `delete from sources_agents where source_id = '${folder}'`,
        `update files_agents set is_deleted = true where source_id = '${folder}'`,
      ]);
    });
  });
}

test('a folder whose vectors are elsewhere has no passages here', async () => {
  await using database = await plantedDatabase(await testServer(), 'letta-0.16.8');
  const elsewhere = await database.plant(`update sources set vector_db_provider = 'PINECONE'`, `delete from source_passages`);
  assert.deepEqual(
    elsewhere.map(({ code, where }) => ({ code, where })),
    [{ code: 'vectors-elsewhere', where: 'sources.vector_db_provider' }],
  );
  const here = await database.plant(`delete from source_passages`);
  assert.deepEqual(
    here.map(({ code, count }) => ({ code, count })),
    [{ code: 'file-chunks', count: 2 }],
  );
});
