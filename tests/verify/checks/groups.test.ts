import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FixtureName } from '../../support/fixtures.ts';
import { testServer } from '../../support/postgres.ts';
import { type PlantedDatabase, plantedDatabase } from './planted.ts';
import { sees, valueIn } from './sees.ts';

for (const fixture of ['letta-0.11.3', 'letta-0.16.2', 'letta-0.16.8'] as const satisfies readonly FixtureName[]) {
  describe(`groups in ${fixture}`, () => {
    let database: PlantedDatabase;
    let group: string;
    let main: string;
    let helper: string;
    let supervisor: string;
    before(async () => {
      database = await plantedDatabase(await testServer(), fixture);
      group = await valueIn(database, `select id from groups where manager_type = 'sleeptime'`);
      main = await valueIn(database, `select manager_agent_id from groups where id = '${group}'`);
      helper = await valueIn(database, `select agent_ids ->> 0 from groups where id = '${group}'`);
      supervisor = await valueIn(database, `select id from groups where manager_type = 'supervisor'`);
    });
    after(() => database[Symbol.asyncDispose]());

    test('a member without a row in groups_agents gets one', async () => {
      await sees(database, [`delete from groups_agents where group_id = '${supervisor}'`], {
        code: 'group-members',
        where: 'groups_agents',
        ids: [supervisor],
        mended: true,
      });
    });

    test('a row in groups_agents that the list does not have', async () => {
      const [finding] = await sees(database, [`insert into groups_agents values ('${supervisor}', '${helper}')`], {
        code: 'group-members',
        where: 'groups.agent_ids',
        ids: [supervisor],
      });
      assert.match(finding?.message ?? '', new RegExp(helper));
    });

    test('another order of the members is the same', async () => {
      await sees(database, [
        `update groups set agent_ids = (select json_agg(e.value order by e.n desc) from json_array_elements(agent_ids) with ordinality e(value, n)) where id = '${supervisor}'`,
      ]);
    });

    test('a frequency needs a counter', async () => {
      await sees(database, [`update groups set turns_counter = null where id = '${group}'`], {
        code: 'group-turns-counter',
        where: 'groups.turns_counter',
        ids: [group],
        mended: true,
      });
    });

    test('without a frequency there need not be a counter, and a frequency of 0 counts nothing', async () => {
      await sees(database, [`update groups set turns_counter = null, sleeptime_agent_frequency = null where id = '${group}'`]);
      await sees(database, [`update groups set turns_counter = null, sleeptime_agent_frequency = 0 where id = '${group}'`]);
    });

    test('the last message is remembered by what is no id', async () => {
      await sees(
        database,
        [`update groups set last_processed_message_id = 'message-1' where id = '${group}'`],
        { code: 'group-last-message', where: 'groups.last_processed_message_id', ids: [group] },
        { code: 'reference-dangling', where: 'groups.last_processed_message_id', ids: [group] },
      );
    });

    test('enable_sleeptime without a group', async () => {
      await sees(
        database,
        [`update groups set manager_agent_id = null where id = '${group}'`],
        {
          code: 'sleeptime-without-group',
          where: 'agents.enable_sleeptime',
          ids: [main],
          severity: fixture === 'letta-0.11.3' ? 'error' : 'warning',
        },
        { code: 'sleeptime-idle', where: 'groups.manager_agent_id', ids: [group], severity: 'note' },
      );
    });

    test('enable_sleeptime with a group of another type', async () => {
      const manager = await valueIn(database, `select manager_agent_id from groups where id = '${supervisor}'`);
      await sees(database, [`update agents set enable_sleeptime = true where id = '${manager}'`], {
        code: 'sleeptime-without-group',
        where: 'groups.manager_type',
        ids: [manager],
        severity: 'error',
      });
    });

    test('agents for voice have a loop of their own', async () => {
      await sees(database, [
        `update agents set agent_type = 'voice_convo_agent', enable_sleeptime = true where id = (select manager_agent_id from groups where id = '${supervisor}')`,
      ]);
    });

    test('a sleeptime group whose agent does not have enable_sleeptime', async () => {
      await sees(database, [`update agents set enable_sleeptime = false where id = '${main}'`], {
        code: 'sleeptime-idle',
        where: 'groups.manager_agent_id',
        ids: [group],
        severity: 'note',
      });
    });

    test('a group of a type that no server runs, beside those that this one does not', async () => {
      const roundRobin = await valueIn(database, `select id from groups where manager_type = 'round_robin'`);
      const ids = fixture === 'letta-0.11.3' ? [group] : [group, roundRobin, supervisor].sort();
      const [finding] = await sees(
        database,
        [
          `update groups set manager_type = 'swarm', turns_counter = null where id = '${group}'`,
          `update agents set enable_sleeptime = null where id = '${main}'`,
        ],
        {
          code: 'group-loop-missing',
          where: 'groups.manager_type',
          ids,
          severity: fixture === 'letta-0.16.8' ? 'note' : 'warning',
        },
      );
      assert.match(finding?.message ?? '', /swarm/);
    });
  });
}
