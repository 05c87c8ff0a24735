import type { TestServer } from '../tests/support/postgres.ts';

/**
 * Fills a database that holds the 0.16.8 fixture with many more rows of the same kinds, by SQL on the server: messages
 * (with their JSON content) of the agents that are there, and archival passages with vector(4096), 1,536 of them used.
 * About 70 % of the bytes are messages. Deterministic for a seed.
 */
export async function fillLettaDatabase(server: TestServer, database: string, bytes: number, seed = 0.42): Promise<void> {
  const perMessage = 1_450;
  const perPassage = 17_000;
  const messages = Math.round((bytes * 0.7) / perMessage);
  const passages = Math.round((bytes * 0.3) / perPassage);
  const batch = 50_000;
  await server.query(
    `create unlogged table lifeboat_words as select i, (array['agent','memory','remembers','the','river','of','project','thoth','block','history','which','was','written','in','winter','and','nobody','asked','why','it','kept','every','word'])[1 + (i * 7919) % 23] || case when i % 5 = 0 then i::text else '' end as w from generate_series(0, 2047) i`,
    [],
    database,
  );
  for (let from = 0; from < messages; from += batch) {
    const count = Math.min(batch, messages - from);
    await server.query(
      `with s as (select setseed(${seed + from / 1e9}))
       insert into messages (id, agent_id, role, tool_calls, created_at, updated_at, is_deleted, organization_id, content)
       select 'message-' || md5('${seed}' || (${from} + g.i))::uuid, a.id, case g.i % 2 when 0 then 'user' else 'assistant' end, '[]', timestamptz '2025-01-01' + (${from} + g.i) * interval '7 s', timestamptz '2025-01-01' + (${from} + g.i) * interval '7 s', false, a.organization_id,
              json_build_array(json_build_object('type', 'text', 'text', t.text))
         from s, generate_series(1, ${count}) g(i)
         join lateral (select id, organization_id from agents order by id collate "C" offset g.i % 18 limit 1) a on true
         join lateral (select string_agg(w.w, ' ') as text from generate_series(1, 150 + g.i % 60) k(j) join lifeboat_words w on w.i = ('x' || substr(md5((g.i + ${from}) || ':' || k.j), 1, 3))::bit(12)::int % 2048) t on true`,
      [],
      database,
    );
  }
  await server.query(
    `insert into archival_passages (id, text, embedding_config, metadata_, embedding, created_at, updated_at, is_deleted, organization_id, archive_id)
     select 'passage-' || md5('p${seed}' || g.i)::uuid, 'passage ' || g.i, p.embedding_config, '{}', v.e::vector(4096), timestamptz '2025-01-01' + g.i * interval '1 min', now(), false, p.organization_id, p.archive_id
       from (select * from archival_passages limit 1) p, generate_series(1, ${passages}) g(i)
       join lateral (select array_agg(case when k <= 1536 then round((sin(g.i * 1.37 + k * 0.71))::numeric, 6)::real else 0 end order by k) as e from generate_series(1, 4096) k) v on true`,
    [],
    database,
  );
  await server.query('drop table lifeboat_words', [], database);
  await server.query('vacuum analyze', [], database);
}

/** Adds one block whose value is a single field of `bytes` bytes that does not compress away. */
export async function addLargeField(server: TestServer, database: string, bytes: number): Promise<void> {
  const rounds = Math.ceil(bytes / (32 * 1024));
  await server.query('create table large_fields (id integer primary key, value text not null)', [], database);
  await server.query(
    `insert into large_fields select 1, string_agg(repeat(md5(i::text), 8) || repeat(md5((i * 31)::text), 8) || repeat(md5((i * 77)::text), 8) || repeat(md5(i || 'x'), 1000), '') from generate_series(1, ${rounds}) i`,
    [],
    database,
  );
}
