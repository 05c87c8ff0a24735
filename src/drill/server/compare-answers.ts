import type { ServerQuestions } from './ask-server.ts';
import { type Compared, compareOrder, compareSets, type Ids, listIds, listMessages, refusal } from './compare-lists.ts';
import type { ExpectedAgent, ExpectedAnswers, ExpectedContents, ExpectedOrganization } from './expected-answers.ts';

type SampledAgent = ExpectedAgent & { contents: ExpectedContents };

/** What was read by SQL, to be asked of the server. */
export interface Expected {
  bounds: Bounds;
  organizations: (ExpectedOrganization & { sample: SampledAgent[]; runs: Map<string, string> })[];
}

/** How much is asked for: what is beyond is taken for like the rest. */
export interface Bounds {
  /** Evenly spread over all, like the next two, which are of these. */
  organizations: number;
  agents: number;
  runs: number;
  /** Per agent, the newest. */
  messages: number;
  /** Per agent, the oldest; a server may send each with its vector. */
  passages: number;
  /** Items per request. */
  page: number;
}

export const usualBounds: Bounds = { organizations: 50, agents: 50, runs: 50, messages: 1000, passages: 200, page: 100 };

/** Reads all that will be compared. Before a server boots: that changes rows. */
export async function readExpected(rows: ExpectedAnswers, bounds: Bounds): Promise<Expected> {
  const asked = spread(await rows.organizations(), bounds.organizations);
  // The messages and folders of a soft-deleted agent answer 404 at every release (letta-server.md §11 row 33).
  const sampled = new Set(
    spread(
      asked.flatMap(({ agents }) => agents.filter(({ deleted }) => !deleted)),
      bounds.agents,
    ),
  );
  const organizations = [];
  for (const organization of asked) {
    const sample: SampledAgent[] = [];
    for (const agent of organization.agents.filter((each) => sampled.has(each)))
      sample.push({ ...agent, contents: await rows.contentsOf(agent.id, bounds) });
    const runs = await rows.runsOf(organization.id, Math.ceil(bounds.runs / asked.length));
    organizations.push({ ...organization, sample, runs });
  }
  return { bounds, organizations };
}

/**
 * Asks a real server, with GET only and in a fixed order, and compares. The lists of tools come last: listing deletes tools
 * that the server cannot load (letta-server.md §0.5).
 */
export async function compareAnswers(server: ServerQuestions, expected: Expected): Promise<Compared[]> {
  const compared: Compared[] = [];
  const { bounds } = expected;
  for (const organization of expected.organizations) {
    const { id, user, agents, runs } = organization;
    if (user === null) {
      const what = `agents of ${id}, which has no user who could ask`;
      compared.push({ what, expected: agents.length, found: 0, equal: agents.length === 0 });
      continue;
    }
    compared.push(...(await compareLists(server, organization, user, bounds)));
    for (const agent of organization.sample) compared.push(...(await compareAgent(server, agent, user, bounds)));
    if (runs.size > 0) compared.push(await compareRuns(server, runs, id, user));
  }
  for (const { id, user, tools } of expected.organizations)
    if (user !== null && tools.length > 0) compared.push(await compareTools(server, id, tools, user, bounds));
  return compared;
}

/** A soft-deleted agent is listed by every release, a hidden one when asked for (letta-server.md §0.13, §11 row 33). */
async function compareLists(
  server: ServerQuestions,
  { id, agents }: ExpectedOrganization,
  user: string,
  { page }: Bounds,
): Promise<Compared[]> {
  const shown = agents.filter(({ hidden }) => !hidden);
  const ids = (some: readonly ExpectedAgent[]) => some.map((agent) => agent.id);
  return [
    compareSets(`agents of ${id}`, ids(shown), await listIds(server, '/v1/agents/', user, { page })),
    compareSets(
      `agents of ${id}, hidden ones too`,
      ids(agents),
      await listIds(server, '/v1/agents/?show_hidden_agents=true', user, { page }),
    ),
  ];
}

async function compareAgent(server: ServerQuestions, agent: SampledAgent, user: string, bounds: Bounds): Promise<Compared[]> {
  const { id, contents } = agent;
  const { page } = bounds;
  const without = contents.notJudged;
  const of = (what: string) => `${what} of ${agent.name} (${id})`;
  const bounded = (which: string, what: string, ids: readonly string[], most: number) =>
    of(ids.length === most ? `${which} ${most} ${what}` : what);
  const state = await server.get(`/v1/agents/${id}`, user);
  const part = (pick: (body: AgentState) => string[]): Ids => ('body' in state ? pick(state.body as AgentState) : refusal(state));
  const messages = await listMessages(server, id, user, { page, without, most: bounds.messages });
  const passages = await listIds(server, `/v1/agents/${id}/archival-memory`, user, { page, without, most: bounds.passages });
  return [
    compareSets(
      of('blocks'),
      contents.blocks,
      part((body) => body.memory.blocks.map((block) => block.id)),
    ),
    compareSets(
      of('tools'),
      contents.tools,
      part((body) => body.tools.map((tool) => tool.id)),
    ),
    compareOrder(
      of('messages in context'),
      contents.inContext,
      part((body) => body.message_ids ?? []),
    ),
    compareOrder(bounded('newest', 'messages', contents.messages, bounds.messages), contents.messages, messages),
    compareSets(bounded('oldest', 'archival memories', contents.passages, bounds.passages), contents.passages, passages),
  ];
}

async function compareRuns(server: ServerQuestions, runs: Map<string, string>, organization: string, user: string): Promise<Compared> {
  let found = 0;
  for (const [id, status] of runs) {
    const answer = await server.get(`/v1/runs/${id}`, user);
    if ('body' in answer && (answer.body as { status: string }).status === status) found++;
  }
  return { what: `runs of ${organization} with their status`, expected: runs.size, found, equal: found === runs.size };
}

/** Of the tools that were there; those that the boot adds do not count. */
async function compareTools(
  server: ServerQuestions,
  organization: string,
  tools: string[],
  user: string,
  { page }: Bounds,
): Promise<Compared> {
  const listed = await listIds(server, '/v1/tools/', user, { page });
  return compareSets(`tools of ${organization}`, tools, 'refused' in listed ? listed : listed.filter((id) => tools.includes(id)));
}

interface AgentState {
  message_ids: string[] | null;
  tools: { id: string }[];
  memory: { blocks: { id: string }[] };
}

/** Evenly spread over a list, the first one among them. */
function spread<Item>(items: readonly Item[], most: number): Item[] {
  const step = Math.max(1, Math.ceil(items.length / most));
  return items.filter((_, place) => place % step === 0);
}
