import { qualified, quoteIdent } from '../schema/model.ts';
import { type CheckContext, has } from './check.ts';
import { agentWindows, hasAgentWindows } from './context-window.ts';

/** A query that a server would run, as it went. */
export interface QueryTime {
  /** Stable, kebab-case. */
  name: string;
  /** What a server runs it for, and on what: a sentence. */
  what: string;
  milliseconds: number;
  rows: number;
  /** What PostgreSQL said; null: it went. */
  error: string | null;
}

interface TestQuery {
  name: string;
  what: string;
  /** Whether this schema has what it needs. */
  applies: (context: CheckContext) => boolean;
  /** On whom it is tried: where it takes longest. `null`: there is nobody. Not timed. */
  subject: (home: string) => string;
  /** $1 is the subject. */
  sql: (context: CheckContext) => string;
}

const done = new WeakMap<CheckContext, Promise<QueryTime[]>>();

/**
 * What a server asks most, timed: each on the agent (or organisation) with most of what it reads, so that it is slow here before it is
 * slow elsewhere. Times include the way to the database. Once per context: whoever asks again gets the same times.
 */
export function testQueries(context: CheckContext): Promise<QueryTime[]> {
  const before = done.get(context);
  if (before) return before;
  const times = runAll(context);
  done.set(context, times);
  return times;
}

/** The times of those that went, as proofs and summaries tell them; one that failed is a finding (`query-failed`). */
export async function queryTimes(context: CheckContext): Promise<Omit<QueryTime, 'error'>[]> {
  return (await testQueries(context)).flatMap(({ error, ...time }) => (error === null ? [time] : []));
}

async function runAll(context: CheckContext): Promise<QueryTime[]> {
  const times: QueryTime[] = [];
  for (const query of queries) {
    if (!query.applies(context)) continue;
    const time = await run(context, query);
    if (time) times.push(time);
  }
  return times;
}

async function run(context: CheckContext, { name, what, subject, sql }: TestQuery): Promise<QueryTime | null> {
  const { session, home } = context;
  const begun = { at: performance.now() };
  await session.query('savepoint before_query');
  try {
    const [found] = await session.query(`select subject from (${subject(home)}) s`);
    begun.at = performance.now();
    const rows = found?.subject ? await session.query(sql(context), [found.subject]) : null;
    const milliseconds = performance.now() - begun.at;
    await session.query('release savepoint before_query');
    return rows && { name, what: what.replace('{}', found?.subject ?? ''), milliseconds, rows: rows.length, error: null };
  } catch (error) {
    // A lost connection fails here once more, and is no answer of a query.
    await session.query('rollback to savepoint before_query');
    const said = error instanceof Error ? error.message : 'unknown error';
    return { name, what: what.replace(' of {}', ''), milliseconds: performance.now() - begun.at, rows: 0, error: said };
  }
}

const most = (home: string, table: string, column: string): string =>
  `select ${column} as subject from ${qualified(home, null, table)} where ${column} is not null group by 1 order by count(*) desc, 1 limit 1`;

/** The operator of pgvector’s cosine distance, wherever the extension is; the search_path need not lead there. */
function cosine({ model, home }: CheckContext): string {
  const extension = model.extensions.find(({ name }) => name === 'vector');
  return `operator(${quoteIdent(extension?.schema ?? home)}.<=>)`;
}

const hasPassages = (context: CheckContext): boolean =>
  context.model.extensions.some(({ name }) => name === 'vector') &&
  has(context, 'archival_passages', 'id', 'archive_id', 'embedding', 'is_deleted') &&
  has(context, 'archives_agents', 'agent_id', 'archive_id');

const passagesOf = (home: string): string =>
  `from ${qualified(home, null, 'archival_passages')} p join ${qualified(home, null, 'archives_agents')} l on l.archive_id = p.archive_id`;

/** As Letta's services ask it (0.16.8 letta/services: agent_manager, message_manager, block_manager, passage_manager). */
const queries: readonly TestQuery[] = [
  {
    name: 'agents-list',
    what: 'the first 50 agents of the organisation {}',
    applies: (context) => has(context, 'agents', 'id', 'organization_id', 'created_at'),
    subject: (home) => most(home, 'agents', 'organization_id'),
    sql: ({ home }) =>
      `select * from ${qualified(home, null, 'agents')} where organization_id = $1 order by created_at desc, id desc limit 50`,
  },
  {
    name: 'message-page',
    what: 'the last 100 messages of {}',
    applies: (context) => has(context, 'messages', 'id', 'agent_id', 'sequence_id'),
    subject: (home) => most(home, 'messages', 'agent_id'),
    sql: ({ home }) =>
      `select * from ${qualified(home, null, 'messages')} where agent_id = $1 and not is_deleted order by sequence_id desc limit 100`,
  },
  {
    name: 'context-window',
    what: 'the messages in the context window of {}',
    applies: hasAgentWindows,
    subject: (home) => `select owner as subject from (${agentWindows({ home })}) w group by owner order by count(*) desc, owner limit 1`,
    sql: (context) =>
      `select m.* from (${agentWindows(context)}) w join ${qualified(context.home, null, 'messages')} m on m.id = w.message_id where w.owner = $1`,
  },
  {
    name: 'memory-blocks',
    what: 'the memory blocks of {} with their values',
    applies: (context) => has(context, 'blocks_agents', 'agent_id', 'block_id') && has(context, 'block', 'id', 'value'),
    subject: (home) => most(home, 'blocks_agents', 'agent_id'),
    sql: ({ home }) =>
      `select b.* from ${qualified(home, null, 'blocks_agents')} l join ${qualified(home, null, 'block')} b on b.id = l.block_id where l.agent_id = $1`,
  },
  {
    name: 'tools',
    what: 'the tools of {} with their source',
    applies: (context) => has(context, 'tools_agents', 'agent_id', 'tool_id') && has(context, 'tools', 'id'),
    subject: (home) => most(home, 'tools_agents', 'agent_id'),
    sql: ({ home }) =>
      `select t.* from ${qualified(home, null, 'tools_agents')} l join ${qualified(home, null, 'tools')} t on t.id = l.tool_id where l.agent_id = $1`,
  },
  {
    name: 'vector-search',
    what: 'the 10 nearest archival memories of {}, by the vector of one of them',
    applies: hasPassages,
    subject: (home) => `select l.agent_id as subject ${passagesOf(home)} group by 1 order by count(*) desc, 1 limit 1`,
    sql: (context) =>
      `select p.id, p.text, p.embedding ${cosine(context)} (
          select p.embedding ${passagesOf(context.home)} where l.agent_id = $1 and p.embedding is not null order by p.id limit 1) as distance
         ${passagesOf(context.home)} where l.agent_id = $1 and not p.is_deleted order by distance limit 10`,
  },
];
