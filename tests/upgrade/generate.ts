import { revisionInfo } from '../../src/letta/catalogue.ts';
import type { DatabaseModel, TableModel } from '../../src/schema/model.ts';
import { agents } from './cast/agents.ts';
import { blocks, conversationBlocks } from './cast/blocks.ts';
import { attachedFiles, files } from './cast/files.ts';
import { groups } from './cast/groups.ts';
import { batches, jobs, runs } from './cast/jobs.ts';
import { leftovers } from './cast/leftovers.ts';
import { messages, steps } from './cast/messages.ts';
import { passages } from './cast/passages.ts';
import { people } from './cast/people.ts';
import { agentSecrets, providers } from './cast/providers.ts';
import { tools } from './cast/tools.ts';
import { World } from './world.ts';

/** Each after all that its rows refer to. */
const cast = [
  people,
  tools,
  providers,
  files,
  agents,
  agentSecrets,
  blocks,
  passages,
  attachedFiles,
  jobs,
  runs,
  steps,
  messages,
  conversationBlocks,
  groups,
  batches,
  leftovers,
];

/** Enough for a column to go through NULL, JSON null and most of its samples. */
const wildRows = 7;

/** Rows for every table of a schema of Letta's: the cast of known situations, then rows of every kind of value. */
export function generate(model: DatabaseModel, revision: string): World {
  const position = revisionInfo(revision)?.position;
  if (position === undefined) throw new RangeError(`no revision ${revision}`);
  const world = new World(model, position);
  for (const part of cast) part(world);
  for (const table of parentsFirst(model)) {
    for (let row = 0; row < wildRows; row++) world.addWild(table);
  }
  return world;
}

/** Tables so that what a row refers to comes before it; of a cycle, the one whose reference may stay empty. */
function parentsFirst(model: DatabaseModel): TableModel[] {
  const left = model.tables.filter(({ schema, name }) => schema === null && name !== 'alembic_version');
  const sorted: TableModel[] = [];
  while (left.length > 0) {
    const waits = (table: TableModel) =>
      table.foreignKeys.some(
        ({ columns, refTable }) =>
          left.some(({ name }) => name === refTable && name !== table.name) && columns.every((name) => isRequired(table, name)),
      );
    const next = left.findIndex((table) => !waits(table));
    if (next < 0) throw new Error(`references in a circle: ${left.map(({ name }) => name).join(', ')}`);
    sorted.push(...left.splice(next, 1));
  }
  return sorted;
}

function isRequired(table: TableModel, column: string): boolean {
  return table.columns.some(({ name, notNull }) => name === column && notNull);
}
