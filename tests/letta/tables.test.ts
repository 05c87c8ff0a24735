import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { releases, schemaAt } from '../../src/letta/catalogue.ts';
import { agentColumnOf, growingKeyOf, idPrefixesOf, tenantColumnOf } from '../../src/letta/tables.ts';
import type { TableModel } from '../../src/schema/model.ts';
import { fixtureScript } from '../support/fixtures.ts';

const at = (revision: string, name: string): TableModel => schemaAt(revision).tables.find((table) => table.name === name) as TableModel;

describe('facts about tables', () => {
  it('name columns that exist, at every release', () => {
    for (const head of new Set(releases().map((release) => release.head))) {
      for (const table of schemaAt(head).tables) {
        for (const column of [growingKeyOf(table), tenantColumnOf(table), agentColumnOf(table)]) {
          assert.ok(column === null || table.columns.some(({ name }) => name === column), `${table.name}.${column} at ${head}`);
        }
      }
    }
  });

  it('know how a table grows and whose its rows are', () => {
    assert.equal(growingKeyOf(at('1c28e167b74f', 'messages')), 'sequence_id');
    assert.equal(growingKeyOf(at('5987401b40ae', 'messages')), 'created_at');
    assert.equal(growingKeyOf(at('1c28e167b74f', 'agents_tags')), null);
    assert.equal(tenantColumnOf(at('1c28e167b74f', 'organizations')), 'id');
    assert.equal(tenantColumnOf(at('5fb8bba2c373', 'jobs')), 'user_id');
    assert.equal(agentColumnOf(at('1c28e167b74f', 'agents')), 'id');
    assert.equal(agentColumnOf(at('1c28e167b74f', 'organizations')), null);
    assert.equal(
      growingKeyOf({
        ...at('1c28e167b74f', 'agents'),
        columns: [{ name: 'created_at', type: 'json', notNull: false, default: null, identity: null, generated: null, collation: null }],
      }),
      null,
    );
  });

  it('know the ids that real servers wrote', () => {
    for (const fixture of ['letta-0.11.3', 'letta-0.16.8'] as const) {
      for (const [, table = '', columns = '', rows = ''] of fixtureScript(fixture).matchAll(
        /^COPY public\.(\w+) \((.*)\) FROM stdin;\n([\s\S]*?)^\\\.$/gm,
      )) {
        const prefixes = idPrefixesOf(table);
        const column = columns.split(', ').indexOf('id');
        if (prefixes.length === 0 || column < 0 || table === 'mcp_oauth') continue;
        for (const row of rows.split('\n').filter(Boolean)) {
          const id = row.split('\t')[column] ?? '';
          assert.ok(
            prefixes.some((prefix) => /^[0-9a-f-]{36}$/.test(id.slice(prefix.length + 1)) && id.startsWith(`${prefix}-`)),
            `${table} ${id}`,
          );
        }
      }
    }
  });
});
