import { refusedArguments, refusedSourceType } from '../../letta/refused/tools.ts';
import { change } from './change.ts';
import type { AdaptRule } from './rule.ts';

/** Arguments that a release up to 0.11.6 cannot make a schema of (`refusedArguments`). */
export const customToolsRule: AdaptRule = {
  name: 'custom-tools',
  applies: (release) => refusedArguments(release) !== null,
  run: async (built, release) => {
    const refused = refusedArguments(release) ?? 'false';
    const otherLanguage = refusedSourceType(release);
    const args = { table: 'tools', column: 'args_json_schema', set: 'null' };
    return [
      ...(await change(built, {
        ...args,
        class: 'derived',
        where: `${refused} and t.args_json_schema::jsonb = '{}'`,
        reason: `Letta ${release} fails on an empty schema of arguments and would delete the tool: it becomes NULL, which means the same`,
      })),
      ...(await change(built, {
        ...args,
        class: 'dropped',
        where: refused,
        reason: `Letta ${release} fails on a schema of arguments without properties and would delete the tool: it reads the arguments from the tool's source instead`,
      })),
      ...(otherLanguage === null
        ? []
        : await change(built, {
            class: 'dropped',
            table: 'tools',
            column: 'source_type',
            set: `'python'`,
            where: otherLanguage,
            reason: `Letta ${release} reads tools in Python and TypeScript only and would delete the tool: it counts as Python, with the schema that is stored`,
          })),
    ];
  },
};
