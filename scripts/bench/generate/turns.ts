import { addRowsLike, type Filling, hasTable, idOf, seeded } from './like.ts';
import { length, words, workshop } from './workshop.ts';

/** A turn: what an agent does when it is spoken to. One run, one step or two, a trace of each step, two messages a step. */
export interface Turns {
  from: number;
  count: number;
  /** The first turn whose steps have traces: they are what owners of servers delete first. */
  tracedFrom: number;
  agents: number;
}

const batch = 10_000;
/** Pieces of messages come from so many bytes of text: chosen so that a table compresses as the fixtures' does. */
const reach = { messages: 40_000, traces: 50_000 };

export async function addTurns(all: Filling, { from, count, tracedFrom, agents }: Turns): Promise<void> {
  const { server, database } = all;
  const early = await hasTable(all, 'job_messages');
  for (let at = from; at < from + count; at += batch) {
    const last = Math.min(at + batch, from + count) - 1;
    const filling = { ...all, batch: at };
    await server.query(
      `truncate ${workshop}.turns;
       ${seeded(filling, 'turns')};
       insert into ${workshop}.turns
         select i, id, ${idOf(filling, 'run', 'i')}, timestamptz '2025-01-02' + i * interval '97 s', 1 + i % 2, i >= ${tracedFrom}
           from (select i, floor(${agents} * random() * random())::integer as n from generate_series(${at}, ${last}) i offset 0) chosen
           join ${workshop}.agents using (n)`,
      [],
      database,
    );
    await (early ? addJobs(filling) : addRuns(filling));
    await addSteps(filling);
    await addMessages(filling);
    if (early) await addJobMessages(filling);
  }
}

const turns = `select i, agent, run, time, steps from ${workshop}.turns order by i`;
const steps = `select i, j, agent, run, time + j * interval '4.2 s' as time, steps, traced from ${workshop}.turns, generate_series(1, steps) j order by i, j`;
const ends = `g.time + interval '9.125 s'`;
const times = { created_at: 'g.time', updated_at: `g.time + interval '1.75 s'` };

async function addRuns(filling: Filling): Promise<void> {
  await addRowsLike(filling, {
    table: 'runs',
    like: `where t.status = 'completed' order by t.created_at desc, t.id`,
    source: turns,
    values: { ...times, id: 'g.run', agent_id: 'g.agent', completed_at: `(${ends}) at time zone 'UTC'`, conversation_id: 'null' },
  });
  await addRowsLike(filling, {
    table: 'run_metrics',
    like: 'where t.run_ns is not null order by t.id',
    source: turns,
    values: {
      ...times,
      id: 'g.run',
      agent_id: 'g.agent',
      num_steps: 'g.steps',
      run_start_ns: `(extract(epoch from g.time) * 1e9)::bigint`,
      run_ns: '(2e8 + random() * 9e9)::bigint',
    },
  });
}

/** Until 0.11.x a run was a job. */
async function addJobs(filling: Filling): Promise<void> {
  await addRowsLike(filling, {
    table: 'jobs',
    like: `where t.job_type = 'run' and t.status = 'completed' order by t.created_at desc, t.id`,
    source: turns,
    values: {
      ...times,
      id: 'g.run',
      completed_at: `(${ends}) at time zone 'UTC'`,
      metadata_: `json_build_object('job_type', 'send_message', 'agent_id', g.agent)`,
    },
  });
}

async function addSteps(filling: Filling): Promise<void> {
  const id = idOf(filling, 'step', `g.i || '-' || g.j`);
  const like = 'where t.error_type is null order by t.created_at desc, t.id';
  await addRowsLike(filling, {
    table: 'steps',
    like,
    source: steps,
    values: {
      ...times,
      id,
      agent_id: 'g.agent',
      run_id: 'g.run',
      job_id: 'g.run',
      prompt_tokens: 'g.i % 30000 + 1200',
      completion_tokens: '(random() * 600)::integer',
      total_tokens: 'g.i % 30000 + 1500',
    },
  });
  await addRowsLike(filling, {
    table: 'step_metrics',
    like: 'where t.step_ns is not null order by t.id',
    source: steps,
    values: {
      ...times,
      id,
      agent_id: 'g.agent',
      run_id: 'g.run',
      llm_request_ns: '(random() * 8e9)::bigint',
      step_ns: '(random() * 9e9)::bigint',
    },
  });
  const part = (role: string, most: number) =>
    `'{"role": "${role}", "content": "' || ${words(length(120, most, 4000), reach.traces)} || '"}'`;
  await addRowsLike(filling, {
    table: 'provider_traces',
    like: 'order by length(t.request_json::text) desc, t.id',
    source: `select * from (${steps}) s where traced`,
    values: {
      ...times,
      id: idOf(filling, 'provider_trace', `g.i || '-' || g.j`),
      step_id: id,
      agent_id: 'g.agent',
      run_id: 'g.run',
      request_json: `('{"model": "gpt-4o-mini", "messages": [' || ${[part('system', 1500), part('user', 400), part('assistant', 500), part('user', 300)].join(` || ', ' || `)} || '], "tools": ' || (t.request_json -> 'tools')::text || ', "temperature": 0.7}')::json`,
    },
  });
}

async function addMessages(filling: Filling): Promise<void> {
  const step = idOf(filling, 'step', `g.i || '-' || g.j`);
  const common = {
    ...times,
    agent_id: 'g.agent',
    step_id: step,
    run_id: 'g.run',
    conversation_id: 'null',
    sequence_id: `nextval('public.message_seq_id')`,
  };
  const text = (mean: number) =>
    `json_build_array(json_build_object('type', 'text', 'text', ${words(length(30, mean, 6000), reach.messages)}))`;
  const rows = [
    { role: 'user', source: `select * from (${steps}) s where j = 1`, mean: 320 },
    { role: 'assistant', source: steps, mean: 520 },
    { role: 'tool', source: `select * from (${steps}) s where j < steps`, mean: 420 },
  ];
  for (const { role, source, mean } of rows)
    await addRowsLike(filling, {
      table: 'messages',
      like: `where t.role = '${role}' and t.step_id is not null and not t.is_deleted and length(t.tool_returns::text) < 1500 order by t.sequence_id desc`,
      source,
      values: { ...common, id: idOf(filling, 'message', `g.i || '-' || g.j || '${role}'`), content: text(mean) },
    });
}

async function addJobMessages(filling: Filling): Promise<void> {
  await addRowsLike(filling, {
    table: 'job_messages',
    like: 'order by t.id',
    source: `select * from (${steps}) s where j = 1`,
    values: {
      ...times,
      id: `nextval('public.job_messages_id_seq')`,
      job_id: 'g.run',
      message_id: idOf(filling, 'message', `g.i || '-' || g.j || 'assistant'`),
    },
  });
}
