import { createHash } from 'node:crypto';
import type { TestServer } from '../../../tests/support/postgres.ts';

/** A database that is being filled. */
export interface Filling {
  server: TestServer;
  database: string;
  /** Part of every made-up id and of every random number, so that equal seeds give equal rows. */
  seed: number;
  /** Which batch of rows is being made: each has random numbers of its own. */
  batch?: number;
}

/** SQL that makes the next statement's random numbers those of this seed and this text. */
export function seeded({ seed, batch = 0 }: Filling, what: string): string {
  const number = createHash('sha256').update(`${seed} ${batch} ${what}`).digest().readUInt32BE(0) / 2 ** 32;
  return `select setseed(${number})`;
}

export interface RowsLike {
  table: string;
  /** Chooses the row that the new ones are copies of: SQL behind `from TABLE t`. */
  like: string;
  /** SQL of a table `g`, a row of it for each new row. */
  source: string;
  /** Column → SQL over `t` and `g`, which has a number `i`. Columns that this release does not have are passed over. */
  values: Record<string, string>;
}

/**
 * Adds copies of a row that a real server wrote, some columns of them replaced. What is not named stays as the server
 * wrote it, so the rows fit any release's table.
 */
export async function addRowsLike(filling: Filling, { table, like, source, values }: RowsLike): Promise<void> {
  const { server, database } = filling;
  const columns = await server.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [`public.${table}`],
    database,
  );
  if (columns.length === 0) return;
  const names = columns.map(({ name }) => `"${name}"`).join(', ');
  const expressions = columns.map(({ name }) => values[name] ?? `t."${name}"`).join(', ');
  const insert = `insert into public.${table} (${names}) select ${expressions} from (select * from public.${table} t ${like} limit 1) t, (${source}) g`;
  await server.query(`${seeded(filling, `${source} ${like}`)}; ${insert}`, [], database);
}

/** SQL of an id as Letta makes them, from SQL of what tells it apart. */
export function idOf({ seed }: Filling, prefix: string, what: string): string {
  return `('${prefix}-' || md5('${seed}:${prefix}:' || ${what})::uuid)`;
}

export async function hasTable({ server, database }: Filling, table: string): Promise<boolean> {
  const [row] = await server.query<{ there: boolean }>('select to_regclass($1) is not null as there', [`public.${table}`], database);
  return row?.there ?? false;
}
