import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { testServer } from '../../support/postgres.ts';
import { told } from './found.ts';
import { type PlantedDatabase, plantedDatabase } from './planted.ts';

const odd = 'tool-00000000-0000-1000-8000-000000000000';

for (const release of ['0.11.3', '0.16.2', '0.16.8'] as const) {
  describe(`ids and names in letta-${release}`, () => {
    let database: PlantedDatabase;
    let agent: string;
    before(async () => {
      database = await plantedDatabase(await testServer(), `letta-${release}`, { encryptionKey: null });
      const [row] = await database.query(`select id from agents where name = 'Memo'`);
      agent = row?.id ?? assert.fail('no agent Memo');
    });
    after(() => database[Symbol.asyncDispose]());

    test('a tool whose id is of another version of uuid', async () => {
      const findings = await database.plant(
        `insert into tools select (jsonb_populate_record(t, jsonb_build_object('id', '${odd}', 'name', 'odd'))).* from tools t where t.id = (select min(id) from tools where tool_type = 'custom')`,
      );
      assert.deepEqual(told(findings), [{ code: 'id-malformed', where: 'tools.id', ids: [odd] }]);
      assert.equal(findings[0]?.severity, release === '0.11.3' ? 'note' : 'warning');
    });

    test('a provider whose id has the prefix of another kind', async () => {
      const [provider] = await database.query('select min(id) as id from providers');
      const id = provider?.id?.replace('provider-', 'tool-');
      const findings = await database.plant(
        `insert into providers select (jsonb_populate_record(p, jsonb_build_object('id', '${id}', 'name', 'odd', 'api_key_enc', null))).* from providers p where p.id = '${provider?.id}'`,
      );
      assert.deepEqual(told(findings), [{ code: 'id-malformed', where: 'providers.id', ids: [id] }]);
      assert.equal(findings[0]?.severity, 'note');
    });

    test('an agent renamed to what only older exports take', async () => {
      const known = database.clean.filter(({ code }) => code === 'name-not-exportable').flatMap(({ ids }) => ids);
      assert.equal(known.length, release === '0.11.3' ? 0 : 1); // AI/ML Expert
      const findings = await database.plant(`update agents set name = 'a.b' where id = '${agent}'`);
      if (release === '0.11.3') assert.deepEqual(findings, []);
      else assert.deepEqual(told(findings), [{ code: 'name-not-exportable', where: 'agents.name', ids: [...known, agent].sort() }]);
      assert.deepEqual(await database.plant(`update agents set name = 'Zoë O''Brien-東京_1' where id = '${agent}'`), []);
    });

    test('a block over its limit', async () => {
      const [block] = await database.query('select min(block_id) as id from blocks_agents');
      const findings = await database.plant(`update block set "limit" = char_length(value) - 1 where id = '${block?.id}'`);
      assert.deepEqual(told(findings), [{ code: 'block-over-limit', where: 'block.value', ids: [block?.id] }]);
      assert.equal(findings[0]?.severity, release === '0.16.8' ? 'note' : 'error');
      const sizes = await database.query(
        `select char_length(value)::text as long, (char_length(value) - 1)::text as short from block where id = '${block?.id}'`,
      );
      const raised = {
        kind: 'update',
        table: 'block',
        key: { id: block?.id },
        was: { limit: sizes[0]?.short },
        set: { limit: sizes[0]?.long },
      };
      assert.deepEqual(findings[0]?.changes, release === '0.16.8' ? [] : [raised]);
      assert.deepEqual(await database.plant(`update block set "limit" = char_length(value) where id = '${block?.id}'`), []);
    });

    test('a subagent', async () => {
      const hidden = release === '0.16.8';
      const tag = `insert into agents_tags (agent_id, tag) values ('${agent}', 'role:subagent')`;
      const findings = await database.plant(tag, `update agents set hidden = ${hidden} where id = '${agent}'`);
      assert.deepEqual(told(findings), [{ code: 'subagent-hidden', where: 'agents.hidden', ids: [agent] }]);
      assert.deepEqual(await database.plant(tag, `update agents set hidden = ${!hidden} where id = '${agent}'`), []);
    });

    test('an agent that is marked as deleted', async () => {
      const known = database.clean.filter(({ code }) => code === 'agent-deleted-but-listed').flatMap(({ ids }) => ids);
      assert.equal(known.length, 1); // Old Scratchpad
      const findings = await database.plant(`update agents set is_deleted = true where id = '${agent}'`);
      assert.deepEqual(told(findings), [{ code: 'agent-deleted-but-listed', where: 'agents.is_deleted', ids: [...known, agent].sort() }]);
    });
  });
}
