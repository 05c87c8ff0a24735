import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FixtureName } from '../../support/fixtures.ts';
import { testServer } from '../../support/postgres.ts';
import { type PlantedDatabase, plantedDatabase } from './planted.ts';
import { type Seen, sees, valueIn } from './sees.ts';

const custom = `name = 'citation_counter'`;

for (const fixture of ['letta-0.11.3', 'letta-0.16.2', 'letta-0.16.8'] as const satisfies readonly FixtureName[]) {
  const release = fixture.replace('letta-', '');
  describe(`tools in ${fixture}`, () => {
    let database: PlantedDatabase;
    let tool: string;
    let agent: string;
    before(async () => {
      database = await plantedDatabase(await testServer(), fixture);
      tool = await valueIn(database, `select id from tools where ${custom}`);
      agent = await valueIn(database, `select min(id) from agents`);
    });
    after(() => database[Symbol.asyncDispose]());

    const refused = (column: string, mended?: true): Seen => ({
      code: mended ? 'tool-malformed' : 'tool-unreadable',
      where: `tools.${column}`,
      ids: [tool],
      severity: 'error',
      ...(mended && { mended }),
    });
    const set = (assignment: string) => `update tools set ${assignment} where ${custom}`;

    test('a return_char_limit of NULL gets what new tools have', async () => {
      const [finding] = await sees(database, [set('return_char_limit = null')], refused('return_char_limit', true));
      assert.deepEqual(finding?.changes, [
        {
          kind: 'update',
          table: 'tools',
          key: { id: tool },
          was: { return_char_limit: null },
          set: { return_char_limit: release === '0.11.3' ? '6000' : '50000' },
        },
      ]);
    });

    for (const [limit, becomes] of [
      [0, '1'],
      [1_000_001, '1000000'],
    ] as const)
      test(`a return_char_limit of ${limit} is refused since 0.14.0`, async () => {
        const expected = release === '0.11.3' ? [] : [refused('return_char_limit', true)];
        const [finding] = await sees(database, [set(`return_char_limit = ${limit}`)], ...expected);
        if (finding)
          assert.deepEqual(
            finding.changes.map((change) => change.kind === 'update' && change.set.return_char_limit),
            [becomes],
          );
      });

    test('tags that are JSON null become the empty list', async () => {
      await sees(database, [set(`tags = 'null'`)], refused('tags', true));
    });

    for (const [column, value] of [
      ['tags', '"fixture"'],
      ['tags', '[1]'],
      ['json_schema', '[]'],
      ['metadata_', '"none"'],
      ['pip_requirements', '["requests"]'],
      ['npm_requirements', '[{"name": ""}]'],
    ] as const)
      test(`${column} of ${value} cannot be read`, async () => {
        await sees(database, [set(`${column} = '${value}'`)], refused(column));
      });

    test('arguments without properties are refused up to 0.11.6', async () => {
      const old = release === '0.11.3';
      await sees(database, [set(`args_json_schema = '{}'`)], ...(old ? [refused('args_json_schema', true)] : []));
      await sees(database, [set(`args_json_schema = '{"type": "object"}'`)], ...(old ? [refused('args_json_schema')] : []));
    });

    test('a custom tool without source was refused up to 0.11.6, and without a schema too up to 0.11.7', async () => {
      await sees(database, [set(`source_code = null`)], ...(release === '0.11.3' ? [refused('source_code')] : []));
    });

    test('an id that is none', async () => {
      const found = await database.plant(
        `update tools set id = 'tool-1' where ${custom}`,
        `delete from tools_agents where tool_id = '${tool}'`,
      );
      // Runs that used it lead to no tool now, where the release keeps that.
      const usedBy =
        release === '0.11.3'
          ? []
          : (await database.query(`select id from run_metrics where tools_used::text like '%${tool}%' order by id`)).map(({ id }) => id);
      assert.deepEqual(
        found.map(({ code, where, ids }) => ({ code, where, ids })),
        [
          ...(usedBy.length === 0 ? [] : [{ code: 'reference-dangling', where: 'run_metrics.tools_used', ids: usedBy }]),
          { code: 'id-malformed', where: 'tools.id', ids: ['tool-1'] },
          { code: 'tool-unreadable', where: 'tools.id', ids: ['tool-1'] },
        ],
      );
    });

    test('a built-in tool that the release does not have, attached', async () => {
      await sees(
        database,
        [
          set(`name = 'core_memory_erase', tool_type = 'letta_memory_core'`),
          `delete from tools_agents where tool_id = '${tool}'`,
          `insert into tools_agents (agent_id, tool_id) values ('${agent}', '${tool}')`,
        ],
        { code: 'built-in-tool-missing', where: 'tools_agents', ids: [`${agent},${tool}`], severity: 'error', mended: true },
      );
    });

    test('the same where no agent has it, and a type that the release does not know', async () => {
      for (const change of [`name = 'core_memory_erase', tool_type = 'letta_memory_core'`, `tool_type = 'letta_dream_core'`])
        await sees(database, [set(change), `delete from tools_agents where tool_id = '${tool}'`], {
          code: 'built-in-tool-missing',
          where: 'tools.name',
          ids: [tool],
          severity: 'note',
        });
    });

    test('a tool of Composio runs up to 0.11.7', async () => {
      await sees(
        database,
        [set(`tool_type = 'external_composio'`)],
        ...(release === '0.11.3' ? [] : [{ code: 'tool-composio', where: 'tools.tool_type', ids: [tool] }]),
      );
    });

    test('two tools of a name', async () => {
      const other = await valueIn(database, `select id from tools where name = 'rotate_logs'`);
      const unique = ['uix_name_organization', ...(release === '0.11.3' ? [] : ['uix_organization_project_name'])];
      await sees(
        database,
        [...unique.map((name) => `alter table tools drop constraint ${name}`), set(`name = 'rotate_logs'`)],
        { code: 'tool-name', where: 'tools.name', ids: [tool, other].sort() },
        ...unique.map((name) => ({ code: 'drift', where: `tools: ${name}`, severity: 'error' as const })),
      );
    });

    test('a tool of an MCP server that is gone, and one that names none', async () => {
      const mcp = (tags: string) => set(`tool_type = 'external_mcp', tags = '${tags}'`);
      const expected: Seen = { code: 'mcp-tool-server', where: 'tools.tags', ids: [tool] };
      await sees(database, [mcp('["mcp:gone"]')], expected);
      await sees(database, [mcp('["fixture"]')], expected);
      await sees(database, [mcp('["fixture", "mcp:papers-sse"]')]);
      const elsewhere = 'org-11111111-1111-4111-8111-111111111111';
      await sees(
        database,
        [
          `insert into organizations (id, name, is_deleted, privileged_tools) values ('${elsewhere}', 'other', false, false)`,
          mcp('["mcp:papers-sse"]'),
          `update mcp_server set organization_id = '${elsewhere}' where server_name = 'papers-sse'`,
        ],
        expected,
        { code: 'other-organizations', where: 'organizations', ids: [elsewhere], severity: 'note' },
      );
    });
  });
}

describe('MCP servers', () => {
  for (const [fixture, url, why] of [
    ['letta-0.16.8', 'http://10.1.2.3:8000/mcp?key=very-secret', 'is not at a public address'],
    ['letta-0.16.8', 'http://tools.svc/mcp', 'names an internal host'],
    ['letta-0.16.8', 'ftp://example.com/mcp', 'is no http or https URL'],
    ['letta-0.16.8', 'https://mcp.example.com/mcp', null],
    ['letta-0.16.2', 'ftp://example.com/mcp', 'is no http or https URL'],
    ['letta-0.16.2', 'http://10.1.2.3:8000/mcp', null],
    ['letta-0.11.3', 'ftp://example.com/mcp', null],
  ] as const)
    test(`${url} ${why ?? 'is fine'} at ${fixture}`, async () => {
      await using database = await plantedDatabase(await testServer(), fixture);
      const server = await valueIn(database, `select id from mcp_server where server_name = 'papers-http'`);
      const [finding] = await sees(
        database,
        [`update mcp_server set server_url = '${url}' where id = '${server}'`],
        ...(why === null ? [] : [{ code: 'mcp-server-url', where: 'mcp_server.server_url', ids: [server] }]),
      );
      if (why !== null) assert.ok(finding?.message.includes(`the one of papers-http ${why}`), finding?.message);
      assert.ok(!JSON.stringify(finding ?? '').includes('very-secret'));
    });

  test('over stdio are off since 0.16.4', async () => {
    await using database = await plantedDatabase(await testServer(), 'letta-0.16.8');
    const [local, sse] = await database.query(
      `select id from mcp_server where server_name in ('local-notes', 'papers-sse') order by server_name`,
    );
    const config = `'{"server_name": "papers-sse", "type": "stdio", "command": "/bin/false", "args": []}'`;
    await sees(
      database,
      [`update mcp_server set server_type = 'stdio', server_url = null, stdio_config = ${config} where server_name = 'papers-sse'`],
      {
        code: 'mcp-stdio',
        where: 'mcp_server.server_type',
        ids: [local?.id ?? '', sse?.id ?? ''].sort(),
      },
    );
  });
});
