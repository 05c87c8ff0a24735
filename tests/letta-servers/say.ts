import type { LettaServer } from '../support/letta-server.ts';
import type { TestDatabase } from '../support/postgres.ts';

/** Where the models of the fixtures' agents are said to be. */
const fixtureModels = 'http://127.0.0.1:18080/v1';

/** Lets every agent of a throw-away database use a stand-in at another port, so that tests need not share one. */
export async function pointModelsAt(database: TestDatabase, url: string): Promise<void> {
  const columns = await database.query<{ schema: string; table: string; column: string }>(
    `select table_schema as "schema", table_name as "table", column_name as "column" from information_schema.columns
      where table_schema not in ('information_schema', 'pg_catalog', 'lifeboat_set_aside') and column_name in ('llm_config', 'embedding_config') and data_type = 'json'`,
  );
  for (const { schema, table, column } of columns)
    await database.query(
      `update "${schema}"."${table}" set "${column}" = replace("${column}"::text, $1, $2)::json where strpos("${column}"::text, $1) > 0`,
      [fixtureModels, url],
    );
}

export interface Exchange {
  status: number;
  /** What came back: type and text, or the refusal. */
  answers: { type: string; text: string }[];
  /** Rows that the exchange added to `messages`, in their order. */
  added: { sequenceId: number; role: string }[];
  /** The greatest sequence id before it. */
  before: number;
}

/** Sends one message to an agent, and looks at the rows that this makes. */
export async function say(letta: LettaServer, database: TestDatabase, agent: string, text: string): Promise<Exchange> {
  const [last] = await database.query<{ at: string }>('select max(sequence_id)::text as at from messages');
  const before = Number(last?.at);
  const answer = await fetch(`${letta.url}/v1/agents/${agent}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ role: 'user', content: text }] }),
    signal: AbortSignal.timeout(60_000),
  });
  const body = await answer.text();
  const added = await database.query<{ at: string; role: string }>(
    'select sequence_id::text as at, role from messages where sequence_id > $1 order by sequence_id',
    [before],
  );
  return {
    status: answer.status,
    answers: answer.status === 200 ? answersOf(body) : [{ type: 'refusal', text: body.slice(0, 500) }],
    added: added.map(({ at, role }) => ({ sequenceId: Number(at), role })),
    before,
  };
}

function answersOf(body: string): Exchange['answers'] {
  const { messages } = JSON.parse(body) as { messages: { message_type: string; content?: unknown; tool_return?: string }[] };
  return messages.map(({ message_type: type, content, tool_return }) => ({
    type,
    text: tool_return ?? (typeof content === 'string' ? content : JSON.stringify(content ?? null)),
  }));
}
