import type { Check } from '../check.ts';
import { lettaSchemas } from '../letta-schemas.ts';

export const severalLettas: Check = {
  code: 'several-lettas',
  group: 'schema',
  severity: 'warning',
  looksFor: 'Another schema of the database holds alembic_version, or Letta’s tables, as well.',
  effect:
    'Which of them a server shows is decided by the search_path alone; a second one is often what a server made when it had lost the first (letta-server.md §10).',
  run: async ({ home, model }) =>
    lettaSchemas(model).map((schema) => ({
      code: 'several-lettas',
      severity: 'warning' as const,
      where: schema,
      message: `The schema ${schema} holds tables of Letta’s too; checked here is ${home}, where the search_path leads`,
      ids: [],
      count: 0,
      why: 'A server whose search_path leads there shows other agents, or none.',
      repair: `Look which of the two has the agents that you know (select count(*) from agents). Back up, then drop the other schema.`,
      changes: [],
    })),
};
