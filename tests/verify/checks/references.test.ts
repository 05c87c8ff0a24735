import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Reference, unguardedReferences } from '../../../src/letta/references.ts';
import type { FixtureName } from '../../support/fixtures.ts';
import { testServer } from '../../support/postgres.ts';
import { type PlantedDatabase, plantedDatabase } from './planted.ts';
import { sees, valueIn } from './sees.ts';

/** An id that leads nowhere, of the kind that the column holds. */
const nowhere = ({ prefix = 'gone-' }: Reference): string => `${prefix}00000000-0000-4000-8000-00000000dead`;

/** Tables in which the fixtures have no row: one is planted. */
const row: Record<string, string> = {
  mcp_tools: `insert into mcp_tools (id, mcp_server_id, tool_id, is_deleted, organization_id)
    select 'mcp-tool-mapping-00000000-0000-4000-8000-000000000001', s.id, t.id, false, t.organization_id from tools t, mcp_server s limit 1`,
  provider_trace_metadata: `insert into provider_trace_metadata (id, is_deleted, organization_id, created_at)
    select 'provider_trace-00000000-0000-4000-8000-000000000001', false, id, now() from organizations limit 1`,
};

/** What makes a row's reference lead nowhere, and what other checks say about that row. */
function planted(reference: Reference, id: string): string {
  const { table, column, holds } = reference;
  const lost = nowhere(reference);
  if (holds === 'id') return `update ${table} set ${column} = '${lost}' where id = '${id}'`;
  const value = holds === 'ids' ? [lost] : holds.path.reduceRight<unknown>((inner, step) => ({ [step]: inner }), lost);
  return `update ${table} set ${column} = '${JSON.stringify(value)}' where id = '${id}'`;
}

for (const fixture of ['letta-0.11.3', 'letta-0.16.8'] as const satisfies readonly FixtureName[]) {
  describe(`references in ${fixture}`, () => {
    let database: PlantedDatabase;
    before(async () => {
      database = await plantedDatabase(await testServer(), fixture);
    });
    after(() => database[Symbol.asyncDispose]());

    test('each column that no foreign key guards', async () => {
      const columns = await database.query(
        `select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'public'`,
      );
      const there = unguardedReferences.filter(({ table, column }) => columns.some(({ name }) => name === `${table}.${column}`));
      assert.ok(there.length >= 9, `${there.length} of the references are columns of this release`);
      for (const reference of there) {
        const { table, column, holds, severity } = reference;
        const before = row[table] === undefined ? [] : [row[table]];
        const id =
          {
            mcp_tools: 'mcp-tool-mapping-00000000-0000-4000-8000-000000000001',
            provider_trace_metadata: 'provider_trace-00000000-0000-4000-8000-000000000001',
          }[table] ?? (await valueIn(database, `select id from ${table} order by id limit 1`));
        const found = await database.plant(...before, planted(reference, id));
        const where = [table, column, ...(typeof holds === 'string' ? [] : holds.path)].join('.');
        assert.deepEqual(
          found
            .filter(({ code }) => code === 'reference-dangling')
            .map((finding) => [finding.where, finding.ids, finding.count, finding.severity]),
          [[where, [id], 1, severity]],
        );
        assert.match(found.find(({ code }) => code === 'reference-dangling')?.message ?? '', new RegExp(nowhere(reference)));
        // Others look at the same values with other eyes.
        assert.deepEqual(
          found
            .filter(
              ({ code }) =>
                !['reference-dangling', 'group-last-message', 'group-members', 'mcp-tool-server', 'traces-elsewhere'].includes(code),
            )
            .map(({ code, where }) => [code, where]),
          [],
          where,
        );
      }
    });

    test('the name of an MCP server, which is read only where a tool has no id of one', async () => {
      const [tool, server] = [
        await valueIn(database, 'select id from tools order by id limit 1'),
        await valueIn(database, `select id from mcp_server where server_name = 'papers-sse'`),
      ];
      const mcp = (names: Record<string, unknown>) =>
        `update tools set metadata_ = '${JSON.stringify({ mcp: names })}' where id = '${tool}'`;
      const [gone] = await sees(database, [mcp({ server_name: 'gone' })], {
        code: 'reference-dangling',
        where: 'tools.metadata_.mcp.server_name',
        ids: [tool],
        severity: 'note',
      });
      assert.match(gone?.message ?? '', /lead nowhere, e\.g\. tool-\S+ → gone; an export/);
      for (const names of [
        { server_name: 'papers-sse' },
        { server_name: 'gone', server_id: server },
        { server_name: 'gone', server_id: null },
      ])
        await sees(database, [mcp(names)]);
    });

    test('a row that a foreign key forbids, by one column and by two', async () => {
      const [agent, tool] = [
        await valueIn(database, 'select agent_id from tools_agents order by 1 limit 1'),
        'tool-00000000-0000-4000-8000-00000000dead',
      ];
      await sees(
        database,
        [`update tools_agents set tool_id = '${tool}' where ctid = (select min(ctid) from tools_agents where agent_id = '${agent}')`],
        { code: 'foreign-key-violated', where: 'tools_agents.tool_id', ids: [tool], severity: 'error' },
      );
      const step = await valueIn(database, 'select step_id from messages where step_id is not null order by 1 limit 1');
      const messages = (await database.query(`select id from messages where step_id = '${step}' order by id collate "C"`)).map(
        ({ id }) => id ?? '',
      );
      const traces = (await database.query(`select id from provider_traces where step_id = '${step}' order by id`)).map(
        ({ id }) => id ?? '',
      );
      await sees(
        database,
        [`delete from steps where id = '${step}'`],
        { code: 'foreign-key-violated', where: 'messages.step_id', ids: messages, severity: 'error' },
        ...(fixture === 'letta-0.11.3' ? [] : [{ code: 'foreign-key-violated', where: 'step_metrics.id', ids: [step] }]),
        { code: 'reference-dangling', where: 'provider_traces.step_id', ids: traces, severity: 'note' },
      );
      const label = await database.plant(
        `update blocks_agents set block_label = 'nowhere' where ctid = (select min(ctid) from blocks_agents)`,
      );
      assert.deepEqual(
        label.map(({ code, where }) => [code, where]),
        [['foreign-key-violated', 'blocks_agents.block_id,block_label']],
      );
    });
  });
}
