import type { TestServer } from '../../../tests/support/postgres.ts';
import { addAgents } from './agents.ts';
import type { Filling } from './like.ts';
import { addPassages } from './passages.ts';
import { addTurns } from './turns.ts';
import { closeWorkshop, openWorkshop } from './workshop.ts';

/** How many of each kind stand in a database of a size. */
export interface Amounts {
  agents: number;
  turns: number;
  tracedFrom: number;
  passages: number;
}

/** Bytes as a backup counts them: rows in PostgreSQL's binary format. */
const perTurn = 5_030;
const perTrace = 15_800;
const perPassage = 17_300;
const perAgent = 12_000;

/** A fifth of the bytes are passages, the rest are turns; the newest tenth of those still has its traces. */
export function amountsFor(bytes: number): Amounts {
  const agents = Math.max(20, Math.min(1000, Math.round(bytes / 1_000_000)));
  const left = bytes - agents * perAgent;
  const passages = Math.round((left * 0.2) / perPassage);
  const turns = Math.round((left * 0.8) / (perTurn + 0.15 * perTrace));
  return { agents, turns, tracedFrom: Math.round(turns * 0.9), passages };
}

/**
 * Fills a database that holds a fixture (so the rows of a real server, at its release) with many more rows of the same
 * kinds, by SQL on the server. Equal seeds give equal rows.
 */
export async function fillLettaDatabase(server: TestServer, database: string, bytes: number, seed = 1): Promise<Amounts> {
  const filling: Filling = { server, database, seed };
  const amounts = amountsFor(bytes);
  // The rows are made to fit: looking each reference up would take longer than making them.
  await server.query(`alter database "${database}" set session_replication_role = replica`);
  try {
    await openWorkshop(filling);
    await addAgents(filling, amounts.agents);
    await addTurns(filling, { from: 1, count: amounts.turns, tracedFrom: amounts.tracedFrom, agents: amounts.agents });
    await addPassages(filling, amounts.passages, amounts.agents);
    await setMessagesInContext(filling);
    await closeWorkshop(filling);
  } finally {
    await server.query(`alter database "${database}" reset session_replication_role`);
  }
  await server.query('vacuum analyze', [], database);
  await server.query('checkpoint', [], database);
  return amounts;
}

/** An agent lists the messages of its context: the newest ones of its own. */
async function setMessagesInContext({ server, database }: Filling): Promise<void> {
  await server.query(
    `update public.agents a set message_ids = m.ids
       from (select agent_id, json_agg(id order by sequence_id) as ids
               from (select agent_id, id, sequence_id, row_number() over (partition by agent_id order by sequence_id desc) as nth from public.messages) n
              where nth <= 12 group by agent_id) m
      where m.agent_id = a.id and a.id in (select id from lifeboat_bench.agents)`,
    [],
    database,
  );
}
