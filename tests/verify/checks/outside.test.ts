import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { testServer } from '../../support/postgres.ts';
import { told } from './found.ts';
import { type PlantedDatabase, plantedDatabase } from './planted.ts';

for (const release of ['0.11.3', '0.16.8'] as const) {
  describe(`what letta-${release} alone cannot bring back`, () => {
    const since012 = release !== '0.11.3';
    let database: PlantedDatabase;
    before(async () => {
      database = await plantedDatabase(await testServer(), `letta-${release}`, { encryptionKey: null });
    });
    after(() => database[Symbol.asyncDispose]());

    const smallest = async (table: string, where = 'true'): Promise<string> =>
      (await database.query(`select min(id) as id from ${table} where ${where}`))[0]?.id ?? assert.fail(table);

    test('vectors in Turbopuffer and Pinecone', { skip: !since012 && 'no such column yet' }, async () => {
      for (const [table, provider] of [
        ['archives', 'TPUF'],
        ['sources', 'PINECONE'],
      ] as const) {
        const id = await smallest(table);
        const findings = await database.plant(`update ${table} set vector_db_provider = '${provider}' where id = '${id}'`);
        assert.deepEqual(told(findings), [{ code: 'vectors-elsewhere', where: `${table}.vector_db_provider`, ids: [id] }]);
        assert.match(findings[0]?.message ?? '', new RegExp(`: ${provider}$`));
      }
    });

    test('memory in git', async () => {
      const id = await smallest('agents');
      const findings = await database.plant(`insert into agents_tags (agent_id, tag) values ('${id}', 'git-memory-enabled')`);
      assert.deepEqual(told(findings), [{ code: 'memory-in-git', where: 'agents_tags.tag', ids: [id] }]);
    });

    test('refresh tokens', async () => {
      const known = database.clean.filter(({ code }) => code === 'oauth-token-rotates');
      assert.deepEqual(told(known), [
        { code: 'oauth-token-rotates', where: 'mcp_oauth.refresh_token', ids: [await smallest('mcp_oauth')] },
      ]);
      const columns = since012 ? 'refresh_token = null, refresh_token_enc = null' : 'refresh_token = null';
      const gone = await database.plant(`update mcp_oauth set ${columns}`);
      assert.deepEqual(told(gone), []);
      const id = 'mcp-oauth-11111111-1111-4111-8111-111111111111';
      const more = await database.plant(
        `insert into mcp_oauth select (jsonb_populate_record(o, '{"id": "${id}", "state": "other", "refresh_token": "made-up"}')).* from mcp_oauth o`,
      );
      const found = more.filter(({ code }) => code === 'oauth-token-rotates');
      assert.deepEqual(told(found), [
        { code: 'oauth-token-rotates', where: 'mcp_oauth.refresh_token', ids: [...(known[0]?.ids ?? []), id].sort() },
      ]);
      assert.ok(!JSON.stringify(more).includes('made-up'));
    });

    test('images by their names', async () => {
      const id = await smallest('messages', `role = 'user' and text is null`);
      const image = (source: string) =>
        `update messages set content = '[{"type": "text", "text": "an \\"image\\""}, {"type": "image", "source": {"type": "letta", "file_id": "file-1"${source}}}]' where id = '${id}'`;
      assert.deepEqual(told(await database.plant(image(''))), [{ code: 'image-elsewhere', where: 'messages.content', ids: [id] }]);
      assert.deepEqual(await database.plant(image(', "data": "aGk="')), []);
    });

    test('runs of a workflow service', { skip: !since012 && 'no such table yet' }, async () => {
      const id = await smallest('runs');
      const metadata = (json: string) => database.plant(`update runs set metadata_ = '${json}' where id = '${id}'`);
      assert.deepEqual(told(await metadata('{"lettuce": true, "odd": "\\u0000"}')), [
        { code: 'workflow-elsewhere', where: 'runs.metadata_', ids: [id] },
      ]);
      assert.deepEqual(await metadata('{"lettuce": false}'), []);
    });

    test('traces without what was said', { skip: !since012 && 'no such table yet' }, async () => {
      const [row] = await database.query('select min(id) as id, min(organization_id) as organization from provider_traces');
      const trace = (id: string) =>
        `insert into provider_trace_metadata (id, organization_id, created_at, is_deleted) values ('${id}', '${row?.organization}', now(), false)`;
      assert.deepEqual(await database.plant(trace(row?.id ?? '')), []);
      const other = 'provider_trace-11111111-1111-4111-8111-111111111111';
      assert.deepEqual(told(await database.plant(trace(other))), [
        { code: 'traces-elsewhere', where: 'provider_trace_metadata', ids: [other] },
      ]);
    });
  });
}
