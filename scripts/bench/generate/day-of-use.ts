import { listAgents } from './agents.ts';
import type { Amounts } from './letta-database.ts';
import { type Filling, seeded } from './like.ts';
import { addTurns } from './turns.ts';
import { closeWorkshop, openWorkshop } from './workshop.ts';

/**
 * What a day does to a database: 1 % more messages, steps, metrics, traces and runs, 0.1 % of the newest tenth of the
 * messages edited, 5 % of the agents and blocks changed.
 */
export async function useForADay(filling: Filling, amounts: Amounts): Promise<void> {
  const { server, database } = filling;
  const count = Math.ceil(amounts.turns / 100);
  const from = amounts.turns + 1;
  await openWorkshop(filling);
  await listAgents(filling, amounts.agents);
  await addTurns(filling, { from, count, tracedFrom: from + Math.floor(count * 0.9), agents: amounts.agents });
  await closeWorkshop(filling);
  await server.query(
    `${seeded(filling, 'edits')};
     update public.messages set updated_at = now(), content = json_build_array(json_build_object('type', 'text', 'text', 'edited ' || md5(id)))
      where id in (select id from public.messages
                    where sequence_id > (select max(sequence_id) - count(*) / 10 from public.messages) order by random()
                    limit (select greatest(1, count(*) / 10000) from public.messages));
     update public.agents set updated_at = now(), last_run_completion = now(), last_run_duration_ms = 5125
      where id in (select id from public.agents order by random() limit (select greatest(1, count(*) / 20) from public.agents));
     update public.block set updated_at = now(), value = value || ' and since today: ' || md5(id)
      where id in (select id from public.block order by random() limit (select greatest(1, count(*) / 20) from public.block))`,
    [],
    database,
  );
}

/** Edits a thousandth of the rows of every table, wherever they stand. */
export async function editAtRandom(filling: Filling): Promise<void> {
  const { server, database } = filling;
  const tables = await server.query<{ name: string }>(
    `select table_name as name from information_schema.columns
      where table_schema = 'public' and column_name = 'updated_at' order by 1`,
    [],
    database,
  );
  for (const { name } of tables)
    await server.query(
      `${seeded(filling, name)};
       update public."${name}" set updated_at = now()
        where ctid in (select ctid from public."${name}" order by random() limit (select count(*) / 1000 from public."${name}"))`,
      [],
      database,
    );
}
