import type { LettaRelease } from './letta-installations.ts';
import { type Answer, LettaServer, type LettaServerOptions } from './letta-server.ts';
import type { TestDatabase } from './postgres.ts';

/** Everything that a Letta server shows of a database, to be compared with what it shows of another one. */
export interface Collection {
  agents: Answer;
  blocks: Answer;
  tools: Answer;
  groups: Answer;
  identities: Answer;
  folders: Answer;
  runs: Answer;
  jobs: Answer;
  mcpServers: Answer;
  providers: Answer;
  /** By agent id, also of agents that the server does not list. */
  byAgent: Record<string, { agent: Answer; blocks: Answer; messages: Answer; passages: Answer; folders: Answer }>;
}

/** Boots a real server on a copy of the database and reads all that it shows. Nobody may be connected to the database. */
export async function serveAndCollect(
  database: TestDatabase,
  release: LettaRelease,
  options: LettaServerOptions & { user?: string } = {},
): Promise<Collection> {
  await using copy = await database.copy();
  await using letta = await LettaServer.start(copy.url, release, options);
  const get = async (path: string) => withoutInventions(await letta.get(`/v1${path}`, options.user));
  // 0.11.3 shows hidden agents anyway and does not know the parameter.
  const agents = await get('/agents/?limit=1000&show_hidden_agents=true');
  const collection: Collection = {
    agents,
    blocks: await get('/blocks/?limit=1000'),
    tools: await get('/tools/?limit=1000'),
    groups: await get('/groups/?limit=1000'),
    identities: await get('/identities/?limit=1000'),
    folders: await get('/folders/?limit=1000'),
    runs: await get('/runs/?limit=1000'),
    jobs: await get('/jobs/?limit=1000'),
    mcpServers: await get('/tools/mcp/servers'),
    providers: await get('/providers/'),
    byAgent: {},
  };
  // By the database's own list: where the server refuses to list agents it may still show each one.
  for (const { id } of await database.query<{ id: string }>('SELECT id FROM agents ORDER BY id')) {
    collection.byAgent[id] = {
      agent: await get(`/agents/${id}`),
      blocks: await get(`/agents/${id}/core-memory/blocks?limit=1000`),
      messages: await get(`/agents/${id}/messages?limit=1000`),
      passages: await get(`/agents/${id}/archival-memory?limit=1000`),
      folders: await get(`/agents/${id}/folders?limit=1000`),
    };
  }
  return collection;
}

/** Blocks that stand for open files are made up at each answer, with a new id each time. */
function withoutInventions<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutInventions) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    name === 'id' && 'file_id' in value && 'is_open' in value ? '(new)' : withoutInventions(inner),
  ]);
  return Object.fromEntries(entries);
}

/** The items of a list that the server answered. @throws when it refused. */
export function itemsOf<Item>(answer: Answer): Item[] {
  if (!('body' in answer)) throw new Error(`the server answered ${answer.status}: ${answer.error}`);
  return answer.body as Item[];
}
