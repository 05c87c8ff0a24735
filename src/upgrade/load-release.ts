import { analyze } from '../postgres/analyze.ts';
import type { Session } from '../postgres/database.ts';
import { spread } from '../postgres/spread.ts';
import type { Reporter } from '../report/progress.ts';
import { projectRows } from '../rows/project-rows.ts';
import { shapeHash } from '../rows/shape.ts';
import { loadTable } from '../rows/write-table.ts';
import { objectKey, qualified, quoteIdent } from '../schema/model.ts';
import type { TableEntry } from '../vault/manifest.ts';
import { storedTuples } from '../vault/table-content.ts';
import { type BuildContext, viewSources } from './build-context.ts';
import { sourceSchema } from './built.ts';
import { sourceTable } from './relation.ts';
import type { TableLoad } from './upgrade-plan.ts';

/** One table's worth of tuples on its way into a table of the built database. */
interface Filling {
  entry: TableEntry;
  /** Quoted and qualified. */
  into: string;
  columns: { name: string; from: string | { constant: Buffer } }[];
}

/**
 * Fills the built database: every table of the snapshot is read once and goes straight to its place; what has to be
 * computed is staged and inserted by one statement per table. Indexes and constraints do not exist yet.
 *
 * @param sessions with `search_path` at home; the first one also runs the statements
 */
export async function loadRelease(
  sessions: readonly Session[],
  context: BuildContext,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  const { plan, home } = context;
  const main = sessions[0];
  if (!main) throw new RangeError('a session is needed');
  // Joins of whole tables: with the default of 4 MB they go to disk from a few ten thousand rows on.
  for (const session of sessions) await session.query(`select set_config('work_mem', '64MB', false)`);
  await main.query(`create schema ${quoteIdent(sourceSchema)}`);
  const done = { rows: 0, bytes: 0 };
  await spread(sessions, await fillings(main, context), signal, async (session, filling) => {
    await fill(session, context, filling, (bytes) => {
      done.bytes += bytes;
      reporter.progress({ ...done, what: objectKey(filling.entry) });
    });
    done.rows += filling.entry.rows;
  });
  await viewSources(main, context, { setAside: new Map(), altered: new Set() });
  await analyze(sessions, signal);
  for (const [name, sql] of plan.chain.prepared) {
    await main.query(`create unlogged table ${sourceTable(name)} as ${sql}`);
    await main.query(`analyze ${sourceTable(name)}`);
  }
  await spread(sessions, plan.tables, signal, async (session, { name, load }) => {
    if (load.kind === 'computed') await compute(session, home, name, load);
  });
  await main.query(`insert into ${qualified(home, null, 'alembic_version')} (version_num) values ($1)`, [plan.chain.to.revision]);
}

/** What is loaded from the vault, the largest first; staging tables are made on the way. */
async function fillings(main: Session, { plan, entries, home }: BuildContext): Promise<Filling[]> {
  const list: Filling[] = [];
  const add = (key: string, into: string, columns: Filling['columns'] | null): void => {
    const entry = entries.get(key);
    if (entry && entry.content.kind !== 'empty')
      list.push({ entry, into, columns: columns ?? entry.shape.map(({ name }) => ({ name, from: name })) });
  };
  for (const { name, load } of plan.tables) if (load.kind === 'direct') add(load.base, qualified(home, null, name), load.columns);
  for (const table of plan.own) add(objectKey(table), qualified(home, table.schema, table.name), null);
  for (const { base, columns, view } of plan.sources) {
    if (view !== null) continue;
    const into = `${quoteIdent(sourceSchema)}.${quoteIdent(base)}`;
    const clauses = columns.map(({ name, type }) => `${quoteIdent(name)} ${type}`);
    await main.query(`create unlogged table ${into} (${clauses.join(', ')})`);
    add(
      base,
      into,
      columns.map(({ name }) => ({ name, from: name })),
    );
  }
  return list.sort((a, b) => b.entry.bytes - a.entry.bytes);
}

async function fill(session: Session, { vault }: BuildContext, filling: Filling, onBytes: (bytes: number) => void): Promise<void> {
  const { entry, into, columns } = filling;
  const hash = shapeHash({ encoding: 1, columns: entry.shape });
  const at = new Map(entry.shape.map(({ name }, index) => [name, index]));
  const present = columns.filter(({ from }) => typeof from !== 'string' || at.has(from));
  async function* stored() {
    for await (const chunk of storedTuples(vault, entry, hash)) {
      onBytes(chunk.length);
      yield chunk;
    }
  }
  const shape = {
    encoding: 1 as const,
    columns: present.map(({ name, from }) => {
      const column = typeof from === 'string' ? entry.shape[at.get(from)!]! : { type: '', as: 'binary' as const };
      return { ...column, name };
    }),
  };
  const keep = present.map(({ from }) => (typeof from === 'string' ? at.get(from)! : from));
  const asTheyAre = keep.length === entry.shape.length && keep.every((each, index) => each === index);
  await session.query('begin');
  await session.query(`truncate ${into}`);
  const tuples = asTheyAre ? stored() : projectRows(stored(), { fields: entry.shape.length, keep });
  await loadTable(session, { into, shape, freeze: true }, tuples);
  await session.query('commit');
}

/** Inserts what the way gives. Where a demanded value may be missing the demand waits: `setAsideIncomplete` comes later. */
async function compute(session: Session, home: string, name: string, load: TableLoad & { kind: 'computed' }): Promise<void> {
  const into = qualified(home, null, name);
  for (const column of load.required) await session.query(`alter table ${into} alter column ${quoteIdent(column)} drop not null`);
  const columns = load.columns.map(quoteIdent).join(', ');
  for (const select of load.selects) await session.query(`insert into ${into} (${columns}) ${select}`);
  // The passes that follow join it.
  await session.query(`analyze ${into}`);
}
