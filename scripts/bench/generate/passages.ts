import { addRowsLike, type Filling, idOf } from './like.ts';
import { length, vector, vectorChoice, words, workshop } from './workshop.ts';

/** Adds archival passages: vector(4096) of which 1,536 dimensions are used, as OpenAI's small embedding model gives. */
export async function addPassages(filling: Filling, count: number, agents: number): Promise<void> {
  const time = `timestamptz '2025-01-03' + g.i * interval '13 min'`;
  await addRowsLike(filling, {
    table: 'archival_passages',
    like: 'where not t.is_deleted and t.embedding is not null order by t.id',
    source: `select i, (select archive from ${workshop}.agents where n = i % ${agents}) as archive, ${vectorChoice} from generate_series(1, ${count}) i offset 0`,
    values: {
      id: idOf(filling, 'passage', 'g.i'),
      text: words(length(40, 300, 3000), 1_000_000),
      embedding: vector(),
      archive_id: 'g.archive',
      created_at: time,
      updated_at: time,
    },
  });
}
