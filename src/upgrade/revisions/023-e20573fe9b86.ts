import type { RevisionStep } from '../revision-step.ts';

/** `0.6.9 letta/constants.py:48,50`: what a server writes over its own tools' names. */
const core = ['send_message', 'conversation_search', 'archival_memory_insert', 'archival_memory_search'];
const memoryCore = ['core_memory_append', 'core_memory_replace'];
const list = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');

/** From here on tools of Composio have a type of their own: f895232c144a. */
const composioPosition = 33;

/** 0.6.9, tools.tool_type. As upstream: by name, all others are custom. */
export const step: RevisionStep = {
  revision: 'e20573fe9b86',
  up: ({ to }) => ({
    set: {
      tools: {
        columns: {
          tool_type: `case when t.name in (${list(core)}) then 'letta_core' when t.name in (${list(memoryCore)}) then 'letta_memory_core' else 'custom' end`,
        },
      },
    },
    checks: [
      {
        // f895232c144a computes the type again, though for Composio's tools only: this check is for the others.
        of: { table: 'tools', columns: to.position < composioPosition ? ['tool_type'] : ['name'] },
        sql: (built) => `
          select 'id=' || b.id, 'its type is ' || coalesce(b.tool_type, 'missing') || ', not ' || coalesce(e.type, 'custom') from ${built('tools')} b
            left join (values ${core.map((name) => `('${name}', 'letta_core')`).join(', ')}, ${memoryCore.map((name) => `('${name}', 'letta_memory_core')`).join(', ')}) e(name, type) on e.name = b.name
           where b.tool_type is distinct from coalesce(e.type, 'custom') and (${to.position} < ${composioPosition} or b.tool_type is distinct from 'external_composio')`,
      },
    ],
  }),
};
