import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import type { PGlite } from '@electric-sql/pglite';
import {
  type AgentContent,
  commonColumns,
  compareAgents,
  compareTables,
  readAgentContent,
  readColumns,
  readTableContent,
} from '../../scripts/demo/agent-content.ts';
import { loadFixtureEmbedded } from '../support/fixtures.ts';

/** A change, the agents that have to show it, and where. Agents of one name are told apart by their ids. */
const sabotages: { what: string; sql: string; agents: string[]; parts: string[] }[] = [
  {
    what: 'a letter of a message',
    sql: `update messages set content = replace(content::text, 'a', 'b')::json where id = (select m.id from messages m join agents a on a.id = m.agent_id where a.name = 'Memo' and m.content::text like '%a%' order by sequence_id limit 1)`,
    agents: ['Memo'],
    parts: ['messages'],
  },
  {
    what: 'a message less',
    sql: `delete from messages where id = (select m.id from messages m join agents a on a.id = m.agent_id where a.name = 'Incognito' order by sequence_id limit 1)`,
    agents: ['Incognito'],
    parts: ['messages'],
  },
  {
    what: 'a name without its slash',
    sql: `update agents set name = 'AI ML Expert' where name = 'AI/ML Expert'`,
    agents: ['AI/ML Expert'],
    parts: ['agent'],
  },
  {
    what: 'a block that two agents share',
    sql: `update block set value = value || ' ' where label = 'diary'`,
    agents: ['Memo', 'Memo-sleeptime'],
    parts: ['blocks'],
  },
  { what: 'false where there was NULL', sql: `update agents set hidden = false where name = 'Memo'`, agents: ['Memo'], parts: ['agent'] },
  {
    what: 'the soft-deleted agent undeleted',
    sql: `update agents set is_deleted = false where name = 'Old Scratchpad'`,
    agents: ['Old Scratchpad'],
    parts: ['agent'],
  },
  {
    what: 'an agent less',
    sql: `set session_replication_role = replica; delete from agents where name = 'system_maintenance'; reset session_replication_role`,
    agents: ['system_maintenance'],
    parts: ['agent is missing'],
  },
];

suite("the demo's comparison", () => {
  let database: PGlite;
  let original: AgentContent[];

  before(async () => {
    database = await loadFixtureEmbedded('letta-0.11.3');
    original = await readAgentContent(database);
    return () => database.close();
  });

  test('finds eighteen agents, each with rows, and calls a second look equal', async () => {
    assert.equal(original.length, 18);
    assert.ok(original.every(({ rows }) => rows.messages && rows.agent === 1));
    for (const part of Object.keys(original[0]?.rows ?? {}))
      assert.ok(
        original.some(({ rows }) => rows[part]),
        `no agent has ${part}: the demo proves nothing about them`,
      );
    assert.deepEqual(
      compareAgents(original, await readAgentContent(database)).flatMap(({ different }) => different),
      [],
    );
  });

  for (const { what, sql, agents, parts } of sabotages) {
    test(`sees ${what}, at its agent and nowhere else`, async () => {
      await database.exec('begin');
      try {
        await database.exec(sql);
        const differing = compareAgents(original, await readAgentContent(database)).filter(({ different }) => different.length > 0);
        assert.deepEqual(differing.map(({ name }) => name).sort(), agents);
        for (const { different } of differing) assert.deepEqual(different, parts);
      } finally {
        await database.exec('rollback');
      }
    });
  }

  test('sees nothing where it is not asked to look', async () => {
    const columns = commonColumns(await readColumns(database), new Map([...(await readColumns(database)), ['block', ['id', 'label']]]));
    const narrow = await readAgentContent(database, columns);
    await database.exec('begin');
    try {
      await database.exec(`update block set value = value || ' '`);
      const differing = (before: AgentContent[], after: AgentContent[]) =>
        compareAgents(before, after).flatMap(({ different }) => different);
      assert.deepEqual(differing(narrow, await readAgentContent(database, columns)), []);
      assert.notDeepEqual(differing(original, await readAgentContent(database)), []);
    } finally {
      await database.exec('rollback');
    }
  });

  test('sees an agent more', () => {
    const [first, ...rest] = original as [AgentContent, ...AgentContent[]];
    assert.deepEqual(
      compareAgents(rest, original)
        .filter(({ different }) => different.length > 0)
        .map(({ id }) => id),
      [first.id],
    );
  });

  test('sees a row that belongs to no agent', async () => {
    const tables = await readTableContent(database);
    assert.equal(tables.size, 40);
    await database.exec('begin');
    try {
      await database.exec(`update organizations set name = name || '!'`);
      assert.deepEqual(compareTables(tables, await readTableContent(database)), ['organizations']);
    } finally {
      await database.exec('rollback');
    }
  });

  test('sees a table less and a table more', async () => {
    const tables = await readTableContent(database);
    const without = new Map([...tables].filter(([name]) => name !== 'prompts'));
    assert.deepEqual(compareTables(tables, without), ['prompts']);
    assert.deepEqual(compareTables(without, tables), ['prompts']);
  });
});
