import type { Answer, LettaServer } from '../support/letta-server.ts';
import { itemsOf } from '../support/serve-and-collect.ts';

/** A message as any release shows it: what it says, not how the release puts it. */
export interface SeenMessage {
  id: string;
  type: string;
  date: string;
  text: string | null;
  calls: { id: string; name: string; arguments: string }[];
  returned: { id: string; status: string; text: string } | null;
}

/** What a Letta server shows of one agent, in terms that all releases share. */
export interface SeenAgent {
  name: string;
  agentType: string;
  system: string;
  messageIds: string[];
  tools: string[];
  tags: string[];
  secrets: Record<string, string>;
  blocks: { id: string; label: string; value: string; limit: number }[];
  /** null: the server answers 404, as every release does for a soft-deleted agent. */
  messages: SeenMessage[] | null;
  passages: { id: string; text: string; file: string | null }[] | null;
  folders: string[] | null;
}

/** All agents that a server lists, hidden ones too, with what belongs to each. @throws where it refuses */
export async function observeAgents(letta: LettaServer): Promise<Map<string, SeenAgent>> {
  const listed = itemsOf<ListedAgent>(await letta.get('/v1/agents/?limit=1000&show_hidden_agents=true'));
  const agents = new Map<string, SeenAgent>();
  for (const { id } of listed.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const agent = bodyOf<ListedAgent>(await letta.get(`/v1/agents/${id}`));
    // Releases from 0.12 on list messages marked is_err in any case.
    const list = async <Item>(what: string) => orMissing<Item>(await letta.get(`/v1/agents/${id}/${what}?limit=1000&include_err=true`));
    agents.set(id, {
      name: agent.name,
      agentType: agent.agent_type,
      system: agent.system,
      messageIds: agent.message_ids ?? [],
      tools: agent.tools.map(({ name }) => name).sort(),
      tags: agent.tags.toSorted(),
      secrets: Object.fromEntries(agent.tool_exec_environment_variables.map(({ key, value }) => [key, value])),
      blocks: agent.memory.blocks.map(({ id, label, value, limit }) => ({ id, label, value, limit })).sort(byId),
      messages: (await list<ListedMessage>('messages'))?.map(seenMessage) ?? null,
      passages:
        (await list<ListedPassage>('archival-memory'))
          ?.map(({ id, text, file_name }) => ({ id, text, file: file_name ?? null }))
          .sort(byId) ?? null,
      folders: (await list<{ name: string }>('folders'))?.map(({ name }) => name).sort() ?? null,
    });
  }
  return agents;
}

export interface SeenRun {
  status: string;
  /** Ids; a message can be shown in several parts. */
  messages: string[];
  steps: string[];
}

/** Runs asked for by their ids. @throws where one is not there */
export async function observeRuns(
  letta: LettaServer,
  ids: readonly string[],
  what: readonly ('messages' | 'steps')[] = ['messages', 'steps'],
): Promise<Map<string, SeenRun>> {
  const runs = new Map<string, SeenRun>();
  for (const id of ids) {
    const list = async (part: 'messages' | 'steps') => {
      if (!what.includes(part)) return [];
      const items = bodyOf<{ id: string }[]>(await letta.get(`/v1/runs/${id}/${part}?limit=1000`));
      return [...new Set(items.map((item) => item.id))].sort();
    };
    const { status } = bodyOf<{ status: string }>(await letta.get(`/v1/runs/${id}`));
    runs.set(id, { status, messages: await list('messages'), steps: await list('steps') });
  }
  return runs;
}

interface ListedAgent {
  id: string;
  name: string;
  agent_type: string;
  system: string;
  message_ids: string[] | null;
  tools: { name: string }[];
  tags: string[];
  tool_exec_environment_variables: { key: string; value: string }[];
  memory: { blocks: { id: string; label: string; value: string; limit: number }[] };
}

interface ListedPassage {
  id: string;
  text: string;
  file_name?: string | null;
}

interface ListedMessage {
  id: string;
  message_type: string;
  date: string;
  content?: string | { text?: string }[] | null;
  reasoning?: string | null;
  tool_call?: { name: string; arguments: string; tool_call_id: string } | null;
  tool_call_id?: string;
  tool_return?: string;
  status?: string;
}

function seenMessage(message: ListedMessage): SeenMessage {
  const { content, tool_call: call } = message;
  return {
    id: message.id,
    type: message.message_type,
    date: message.date,
    text: typeof content === 'string' ? content : (content?.map(({ text }) => text ?? '').join('\n') ?? message.reasoning ?? null),
    calls: call ? [{ id: call.tool_call_id, name: call.name, arguments: call.arguments }] : [],
    returned:
      message.tool_return === undefined
        ? null
        : { id: message.tool_call_id ?? '', status: message.status ?? '', text: message.tool_return },
  };
}

const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);

/** @throws with what the server said when it refused */
export function bodyOf<Body>(answer: Answer): Body {
  if (!('body' in answer)) throw new Error(`the server answered ${answer.status}: ${answer.error}`);
  return answer.body as Body;
}

function orMissing<Item>(answer: Answer): Item[] | null {
  return answer.status === 404 ? null : bodyOf<Item[]>(answer);
}
