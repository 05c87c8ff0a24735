import type { RevisionStep } from '../revision-step.ts';

/**
 * 0.6.14, tools. As upstream: a tool whose tags contain `composio` is of that type. Upstream casts the tags to jsonb, which
 * fails on U+0000 in any of them; the elements' own texts do not.
 */
export const step: RevisionStep = {
  revision: 'f895232c144a',
  up: (state) => {
    const tools = state.rows('tools', ['id', 'tags', 'tool_type']);
    const tags = (row: string): string =>
      `json_array_elements(case when json_typeof(${row}.tags) = 'array' then ${row}.tags else '[]'::json end)`;
    const tagged = `(select distinct k.id from ${tools} k cross join lateral ${tags('k')} e where e::text = '"composio"')`;
    return {
      set: {
        tools: {
          columns: {
            tool_type: `case when exists (select from ${tags('t')} e where e::text = '"composio"') then 'external_composio' else t.tool_type end`,
          },
        },
      },
      moved: ['tools.tool_type'],
      checks: [
        {
          of: { table: 'tools', columns: ['tool_type'] },
          sql: (built) => `
            select 'id=' || b.id, 'its type is ' || coalesce(b.tool_type, 'missing') from ${built('tools')} b join ${tools} k on k.id = b.id left join ${tagged} c on c.id = b.id
             where b.tool_type is distinct from case when c.id is null then k.tool_type else 'external_composio' end`,
        },
      ],
    };
  },
};
