import { seededRandom } from '../../../tests/rows/random-tuples.ts';
import { madeUpText, madeUpVector } from './corpus.ts';
import type { Filling } from './like.ts';

/** A schema that is there only while rows are made: text to cut pieces from, vectors to add up, who the agents are. */
export const workshop = 'lifeboat_bench';

const textBytes = 1_500_000;
const vectors = 150;
const [usedDimensions, dimensions] = [1536, 4096];

export async function openWorkshop({ server, database, seed }: Filling): Promise<void> {
  const run = (sql: string, values: unknown[] = []) => server.query(sql, values, database);
  await run(`create schema ${workshop}`);
  // Stored as it is and outside of the row, a piece of it costs a read of that piece only.
  await run(`create unlogged table ${workshop}.corpus (text bytea)`);
  await run(`alter table ${workshop}.corpus alter column text set storage external`);
  await run(`insert into ${workshop}.corpus values ($1)`, [Buffer.from(madeUpText(seed, textBytes), 'latin1')]);
  await run(`create unlogged table ${workshop}.vectors (n integer primary key, v public.vector(${dimensions}))`);
  const random = seededRandom(seed);
  const texts = Array.from({ length: vectors }, () => madeUpVector(random, usedDimensions, dimensions));
  await run(`insert into ${workshop}.vectors select n - 1, v::public.vector from unnest($1::text[]) with ordinality as all_of_them(v, n)`, [
    texts,
  ]);
  await run(`create unlogged table ${workshop}.agents (n integer primary key, id text, template text, archive text)`);
  await run(
    `create unlogged table ${workshop}.turns (i integer primary key, agent text, run text, time timestamptz, steps integer, traced boolean)`,
  );
}

export async function closeWorkshop({ server, database }: Filling): Promise<void> {
  await server.query(`drop schema ${workshop} cascade`, [], database);
}

/** SQL of a piece of text. @param reach how many bytes of the corpus pieces come from: the fewer, the more often they repeat. */
export function words(length: string, reach: number): string {
  // What does not depend on the row would be worked out once for all rows.
  const from = `1 + 0 * g.i + floor(random() * ${reach})::integer`;
  return `(select convert_from(substring(c.text from ${from} for (${length})::integer), 'UTF8') from ${workshop}.corpus c)`;
}

/** SQL of a length: many short ones, few long ones. */
export function length(least: number, mean: number, most: number): string {
  return `least(${most}, ${least} - ${mean - least} * ln(1 - random()))`;
}

/** SQL of two numbers `a` and `b` that choose what a row's vector is the sum of. */
export const vectorChoice = `floor(random() * ${vectors})::integer as a, floor(random() * ${vectors})::integer as b`;

/** SQL of the vector that `g.a` and `g.b` choose. */
export function vector(): string {
  const chosen = (by: string) => `(select v from ${workshop}.vectors where n = g.${by})`;
  return `(${chosen('a')} + ${chosen('b')})`;
}
