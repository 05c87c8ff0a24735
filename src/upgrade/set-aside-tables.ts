import type { Session } from '../postgres/database.ts';
import { qualified, quoteIdent } from '../schema/model.ts';
import { setAsideSchema } from '../schema/own-schemas.ts';
import { type Built, sourceSchema } from './built.ts';

/** What this run created: Letta's table ('' for the notes) → name of the table in the schema for rows set aside. */
const runLog = `${quoteIdent(sourceSchema)}.set_aside`;
const notes = '';

/**
 * Makes the schema and the table of notes ready. An earlier upgrade may have left both in the snapshot: its tables stay
 * as they are, equal to the snapshot's, and this run's get a number (`reasons_2`).
 * @returns the qualified name of the table of notes
 */
export async function openSetAside(session: Session): Promise<string> {
  await session.query(`create schema if not exists ${quoteIdent(setAsideSchema)}`);
  await session.query(`create schema if not exists ${quoteIdent(sourceSchema)}`);
  await session.query(`create table if not exists ${runLog} (table_name text primary key, kept_in text not null)`);
  const name = await nameFor(session, notes, 'reasons', (into) => [
    `create table ${into} (table_name text not null, kept_in text not null, row_key text not null, reason text not null,
       from_revision text not null, to_revision text not null, set_aside_at timestamp with time zone not null default now())`,
  ]);
  return `${quoteIdent(setAsideSchema)}.${quoteIdent(name)}`;
}

/** The table, without constraints, that takes this run's rows of one of Letta's tables; made when first asked for. */
export function setAsideTableFor(built: Built, table: string): Promise<string> {
  return nameFor(built.session, table, table, (into) => [
    `create table ${into} (like ${qualified(built.home, null, table)})`,
    // What the target's table demands of new rows is no reason to refuse a place to old ones.
    ...(built.model.tables.find((each) => each.schema === null && each.name === table)?.columns ?? [])
      .filter(({ notNull }) => notNull)
      .map(({ name }) => `alter table ${into} alter column ${quoteIdent(name)} drop not null`),
  ]);
}

/**
 * Where this run put rows aside: Letta's table → the qualified table with its rows, which has exactly its columns. What
 * an earlier upgrade left in the snapshot is not among them.
 */
export async function setAsideTables(session: Session): Promise<Map<string, string>> {
  const [run] = await session.query(`select to_regclass('${runLog}') as log`);
  const rows = run?.log ? await session.query(`select table_name, kept_in from ${runLog} where table_name <> $1`, [notes]) : [];
  return new Map(rows.map((row) => [row.table_name ?? '', `${quoteIdent(setAsideSchema)}.${quoteIdent(row.kept_in ?? '')}`]));
}

/**
 * Keeps rows of a table that the target does not have, as they were, with a note why. Once per table; `rows` is a
 * sub-select in parentheses.
 */
export async function keepAside(built: Pick<Built, 'session' | 'from' | 'to'>, table: string, rows: string, reason: string): Promise<void> {
  const { session, from, to } = built;
  const reasons = await openSetAside(session);
  const keptIn = await nameFor(session, `kept ${table}`, table, (into) => [`create table ${into} as select * from ${rows} r`]);
  await session.query(
    `insert into ${reasons} (table_name, kept_in, row_key, reason, from_revision, to_revision) values ($1, $2, '*', $3, $4, $5)`,
    [table, keptIn, reason, from.revision, to.revision],
  );
}

async function nameFor(session: Session, what: string, wanted: string, statements: (into: string) => string[]): Promise<string> {
  const [known] = await session.query(`select kept_in from ${runLog} where table_name = $1`, [what]);
  if (known?.kept_in) return known.kept_in;
  const taken = new Set(
    (await session.query('select c.relname from pg_class c where c.relnamespace = $1::regnamespace', [quoteIdent(setAsideSchema)])).map(
      ({ relname }) => relname,
    ),
  );
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted}_${number}`;
  for (const statement of statements(`${quoteIdent(setAsideSchema)}.${quoteIdent(name)}`)) await session.query(statement);
  await session.query(`insert into ${runLog} values ($1, $2)`, [what, name]);
  return name;
}
