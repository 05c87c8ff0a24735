import { addRowsLike, type Filling, idOf } from './like.ts';
import { length, words, workshop } from './workshop.ts';

/** Agents of the fixtures that the new ones are like: plain ones, without groups. */
const models = ['Memo', 'research_assistant', 'document_librarian', 'Lead Engineer', 'system_citation_analyzer'];

/** Adds agents with blocks, tools, tags and an archive of their own. */
export async function addAgents(filling: Filling, agents: number): Promise<void> {
  for (const template of await listAgents(filling, agents)) await addLike(filling, template);
}

/** Writes into the workshop who the agents are. @returns the ids of those that they are like. */
export async function listAgents(filling: Filling, agents: number): Promise<string[]> {
  const { server, database } = filling;
  const templates = await server.query<{ id: string }>(
    'select distinct on (name) id from public.agents where name = any($1) and not is_deleted order by name, id',
    [models],
    database,
  );
  await server.query(
    `insert into ${workshop}.agents select n, ${idOf(filling, 'agent', 'n')}, ($1::text[])[1 + n % $2::integer], ${idOf(filling, 'archive', 'n')} from generate_series(0, $3::integer - 1) n`,
    [templates.map(({ id }) => id), templates.length, agents],
    database,
  );
  return templates.map(({ id }) => id);
}

async function addLike(filling: Filling, template: string): Promise<void> {
  const { server, database } = filling;
  const source = `select n as i, id as agent, archive from ${workshop}.agents where template = '${template}'`;
  const time = `timestamptz '2025-01-01' + g.i * interval '11 min'`;
  await addRowsLike(filling, {
    table: 'agents',
    like: `where t.id = '${template}'`,
    source,
    values: {
      id: 'g.agent',
      name: `t.name || ' ' || g.i`,
      system: words(length(300, 1800, 6000), 400_000),
      created_at: time,
      updated_at: time,
    },
  });
  for (const link of ['tools_agents', 'agents_tags'] as const) {
    const other = link === 'tools_agents' ? 'tool_id' : 'tag';
    const rows = await server.query<{ of: string }>(
      `select ${other} as of from public.${link} where agent_id = $1 order by 1`,
      [template],
      database,
    );
    for (const { of } of rows)
      await addRowsLike(filling, {
        table: link,
        like: `where t.agent_id = '${template}' and t.${other} = '${of}'`,
        source,
        values: { agent_id: 'g.agent' },
      });
  }
  await addBlocks(filling, template, source);
  await addRowsLike(filling, {
    table: 'archives',
    like: 'where not t.is_deleted order by t.id',
    source,
    values: { id: 'g.archive', name: `'Archive ' || g.i`, created_at: time, updated_at: time },
  });
  await addRowsLike(filling, {
    table: 'archives_agents',
    like: 'order by t.agent_id',
    source,
    values: { agent_id: 'g.agent', archive_id: 'g.archive', created_at: time },
  });
}

async function addBlocks(filling: Filling, template: string, source: string): Promise<void> {
  const { server, database } = filling;
  const blocks = await server.query<{ id: string }>(
    'select block_id as id from public.blocks_agents where agent_id = $1 order by 1',
    [template],
    database,
  );
  for (const [nth, { id }] of blocks.entries()) {
    const time = `timestamptz '2025-01-01' + g.i * interval '11 min' + interval '${nth} s'`;
    const block = idOf(filling, 'block', `g.i || '-${nth}'`);
    await addRowsLike(filling, {
      table: 'block',
      like: `where t.id = '${id}'`,
      source,
      values: {
        id: block,
        value: words(length(80, 700, 4000), 400_000),
        current_history_entry_id: 'null',
        created_at: time,
        updated_at: time,
      },
    });
    await addRowsLike(filling, {
      table: 'blocks_agents',
      like: `where t.agent_id = '${template}' and t.block_id = '${id}'`,
      source,
      values: { agent_id: 'g.agent', block_id: block },
    });
  }
}
