import type { Answer, ServerQuestions } from './ask-server.ts';
import type { ExpectedAgent, ExpectedAnswers, ExpectedContents, ExpectedOrganization } from './expected-answers.ts';

/** One answer of the server beside what the rows say. */
export interface Compared {
  what: string;
  expected: number;
  found: number;
  equal: boolean;
}

/** What was read by SQL, to be asked of the server. */
export interface Expected {
  organizations: (ExpectedOrganization & {
    /** Agents that are looked at one by one: all up to a bound, else evenly spread. */
    sample: (ExpectedAgent & { contents: ExpectedContents })[];
    runs: Map<string, string>;
  })[];
}

const mostAgents = 50;
const mostRuns = 50;
const page = 200;

/** Reads all that will be compared. Before a server boots: that changes rows. */
export async function readExpected(rows: ExpectedAnswers): Promise<Expected> {
  const organizations = [];
  for (const organization of await rows.organizations()) {
    const sample = [];
    for (const agent of spread(organization.agents.filter(({ deleted }) => !deleted), mostAgents))
      sample.push({ ...agent, contents: await rows.contentsOf(agent.id) });
    organizations.push({ ...organization, sample, runs: await rows.runsOf(organization.id, mostRuns) });
  }
  return { organizations };
}

/**
 * Asks a real server, with GET only and in a fixed order, and compares. The lists of tools come last: listing deletes tools
 * that the server cannot load (letta-server.md §0.5).
 */
export async function compareAnswers(server: ServerQuestions, expected: Expected): Promise<Compared[]> {
  const compared: Compared[] = [];
  for (const organization of expected.organizations) {
    const { id, user } = organization;
    if (user === null) {
      compared.push({ what: `agents of ${id}, which has no user who could ask`, expected: organization.agents.length, found: 0, equal: organization.agents.length === 0 });
      continue;
    }
    compared.push(...(await compareLists(server, organization, user)));
    for (const agent of organization.sample) compared.push(...(await compareAgent(server, agent, user)));
    if (organization.runs.size > 0) compared.push(await compareRuns(server, organization.runs, id, user));
  }
  for (const { id, user, tools } of expected.organizations) if (user !== null) compared.push(await compareTools(server, id, tools, user));
  return compared;
}

async function compareLists(server: ServerQuestions, { id, agents }: ExpectedOrganization, user: string): Promise<Compared[]> {
  const list = (hidden: string) => listIds(server, `/v1/agents/?limit=${page}${hidden}`, user, (last) => `&after=${last}`);
  return [
    compareSets(`agents of ${id}, hidden ones too`, agents.map((agent) => agent.id), await list('&show_hidden_agents=true')),
    compareSets(`agents of ${id} as listed`, agents.filter(({ hidden }) => !hidden).map((agent) => agent.id), await list('')),
  ];
}

async function compareAgent(server: ServerQuestions, agent: Expected['organizations'][number]['sample'][number], user: string): Promise<Compared[]> {
  const { id, contents } = agent;
  const of = (what: string) => `${what} of ${agent.name} (${id})`;
  const state = await server.get(`/v1/agents/${id}`, user);
  const part = (pick: (body: AgentState) => string[]) => ('body' in state ? pick(state.body as AgentState) : refusal(state));
  const judged = (ids: string[] | Refusal) => (Array.isArray(ids) ? ids.filter((each) => !contents.notJudged.has(each)) : ids);
  const messages = await listIds(server, `/v1/agents/${id}/messages?limit=${page}&include_err=true`, user, (last) => `&before=${last}`);
  const passages = await listIds(server, `/v1/agents/${id}/archival-memory?limit=${page}`, user, (last) => `&after=${last}`);
  return [
    compareSets(of('blocks'), contents.blocks, part((body) => body.memory.blocks.map((block) => block.id))),
    compareSets(of('tools'), contents.tools, part((body) => body.tools.map((tool) => tool.id))),
    compareOrder(of('messages in context'), contents.inContext, part((body) => body.message_ids ?? [])),
    // Newest first.
    compareOrder(of('messages'), contents.messages.toReversed(), judged(messages)),
    compareSets(of('archival memories'), contents.passages, judged(passages)),
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
async function compareTools(server: ServerQuestions, organization: string, tools: string[], user: string): Promise<Compared> {
  const listed = await listIds(server, `/v1/tools/?limit=${page}`, user, (last) => `&after=${last}`);
  return compareSets(`tools of ${organization}`, tools, Array.isArray(listed) ? listed.filter((id) => tools.includes(id)) : listed);
}

interface AgentState {
  message_ids: string[] | null;
  tools: { id: string }[];
  memory: { blocks: { id: string }[] };
}

/** Why there is no answer. The server's own words are left out: they can hold values of the rows. */
interface Refusal {
  refused: string;
}

const refusal = (answer: Answer): Refusal => ({ refused: answer.status === 0 ? 'no answer' : `HTTP ${answer.status}` });

/** Ids in the order in which the server lists them, each once: a message can be shown in several parts. */
async function listIds(server: ServerQuestions, path: string, user: string, next: (last: string) => string): Promise<string[] | Refusal> {
  const ids = new Set<string>();
  for (let more = ''; ; ) {
    const answer = await server.get(path + more, user);
    if (!('body' in answer)) return refusal(answer);
    const items = answer.body as { id: string }[];
    const known = ids.size;
    for (const { id } of items) ids.add(id);
    const last = items.at(-1)?.id;
    if (last === undefined || ids.size === known) return [...ids];
    more = next(encodeURIComponent(last));
  }
}

function compareSets(what: string, expected: readonly string[], found: readonly string[] | Refusal): Compared {
  return compareOrder(what, expected.toSorted(), 'refused' in found ? found : found.toSorted());
}

function compareOrder(what: string, expected: readonly string[], found: readonly string[] | Refusal): Compared {
  if ('refused' in found) return { what: `${what}: ${found.refused}`, expected: expected.length, found: 0, equal: false };
  const equal = expected.length === found.length && expected.every((id, place) => id === found[place]);
  const others = !equal && expected.length === found.length ? ': other ids, or another order' : '';
  return { what: what + others, expected: expected.length, found: found.length, equal };
}

/** Evenly spread over a list, first and all others at the same distance. */
function spread<Item>(items: readonly Item[], most: number): Item[] {
  const step = Math.max(1, Math.ceil(items.length / most));
  return items.filter((_, place) => place % step === 0);
}
