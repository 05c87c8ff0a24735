import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bootColumns, bootRuleOf, bootRules, bootRulesAt } from '../../src/letta/boot-rows.ts';
import { findRelease, schemaAt } from '../../src/letta/catalogue.ts';

const head = (release: string) => findRelease(release)?.head ?? assert.fail(release);
const organization = 'org-00000000-0000-4000-8000-000000000000';

describe('rows that a boot writes', () => {
  it('rules name tables and columns that the release has', () => {
    for (const release of ['0.11.3', '0.16.2', '0.16.8']) {
      const { tables } = schemaAt(head(release));
      for (const rule of bootRulesAt(head(release))) {
        const table = tables.find(({ name }) => name === rule.table);
        assert.ok(table, `${release}: ${rule.table}`);
        for (const column of Object.keys(rule.where))
          assert.ok(
            table.columns.some(({ name }) => name === column),
            `${release}: ${rule.table}.${column}`,
          );
      }
    }
  });

  it('none hold for a revision that is not known, fewer for old releases', () => {
    assert.deepEqual(bootRulesAt('no-such-revision'), []);
    assert.deepEqual(bootRulesAt(null), []);
    assert.equal(bootRulesAt(head('0.16.8')).length, bootRules.length);
    assert.ok(!bootRulesAt(head('0.11.3')).some(({ table }) => table === 'providers'));
  });

  it('built-in tools are the server’s, own tools, tools of others and messages are not', () => {
    const rules = bootRulesAt(head('0.16.8'));
    const of = (table: string, row: Record<string, string | null>, isNew = false) => bootRuleOf(rules, table, row, isNew) !== null;
    assert.ok(of('tools', { tool_type: 'letta_core', organization_id: organization }));
    assert.ok(!of('tools', { tool_type: 'custom', organization_id: organization }));
    assert.ok(!of('tools', { tool_type: 'letta_core', organization_id: 'org-1' }));
    assert.ok(!of('messages', { id: 'message-1' }, true));
    assert.ok(of('providers', { provider_category: 'base', organization_id: null }));
    assert.ok(!of('providers', { provider_category: 'byok', organization_id: organization }));
    // A column that was not read is not a column that is NULL.
    assert.ok(!of('provider_models', {}));
  });

  it('the default organization and user are made by a boot, and changed by somebody', () => {
    const rules = bootRulesAt(head('0.16.8'));
    assert.ok(bootRuleOf(rules, 'organizations', { id: organization }, true));
    assert.equal(bootRuleOf(rules, 'organizations', { id: organization }, false), null);
    assert.deepEqual(bootColumns(rules, 'tools').sort(), ['organization_id', 'tool_type']);
  });
});
