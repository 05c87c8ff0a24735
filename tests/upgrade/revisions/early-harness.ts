import { schemaAt } from '../../../src/letta/catalogue.ts';
import { servingRelease } from '../../../src/letta/serving-release.ts';
import type { Session } from '../../../src/postgres/database.ts';
import { schemaStatements } from '../../../src/postgres/ddl.ts';
import { openDatabase } from '../../../src/postgres/open-database.ts';
import { qualified, quoteIdent } from '../../../src/schema/model.ts';
import { type Afterwards, type BuildContext, loadedRows, lookAfterwards } from '../../../src/upgrade/build-context.ts';
import { sourceSchema } from '../../../src/upgrade/built.ts';
import { measureLosses } from '../../../src/upgrade/measure-losses.ts';
import { planUpgrade } from '../../../src/upgrade/plan-upgrade.ts';
import { looksAt } from '../../../src/upgrade/prove-release.ts';
import type { WrongValue } from '../../../src/upgrade/run-checks.ts';
import { setAsideIncomplete } from '../../../src/upgrade/set-aside-incomplete.ts';
import { revisionSteps } from '../../../src/upgrade/steps.ts';
import type { UpgradePlan } from '../../../src/upgrade/upgrade-plan.ts';
import { testServer } from '../../support/postgres.ts';
import { populate } from '../populate.ts';

/** Rows of the snapshot: table → rows; a JSON column takes what JSON has, others take text, numbers, booleans. */
export type Rows = Record<string, readonly Record<string, unknown>[]>;

const [from, home] = ['snapshot', 'built'];

/** What every look finds wrong, one after the other. */
export async function wrongIn(session: Session, context: BuildContext, after: Afterwards): Promise<WrongValue[]> {
  const wrong: WrongValue[] = [];
  for (const look of looksAt(context, after)) wrong.push(...(await look(session)));
  return wrong;
}

/** A plan carried out on PostgreSQL without a vault: the snapshot is a schema beside the built one. */
export class Upgraded {
  readonly session: Session;
  readonly plan: UpgradePlan;
  readonly #close: () => Promise<void>;

  constructor(session: Session, plan: UpgradePlan, close: () => Promise<void>) {
    [this.session, this.plan, this.#close] = [session, plan, close];
  }

  /** Rows of the built table as text, in the order of the SQL. */
  async query(sql: string): Promise<Record<string, string | null>[]> {
    return await this.session.query(sql);
  }

  /** What the snapshot's losses come to: `class table.column` → keys. */
  async losses(): Promise<Record<string, string[]>> {
    const losses = await measureLosses([this.session], this.plan.chain, new AbortController().signal);
    return Object.fromEntries(
      losses.map(({ class: kind, table, column, examples }) => [
        `${kind} ${table}${column === null ? '' : `.${column}`}`,
        examples.toSorted(),
      ]),
    );
  }

  /** Everything that the proof finds, as `table row: what`. */
  async wrong(): Promise<string[]> {
    const context = this.#context();
    const after = await lookAfterwards(this.session);
    const found = await wrongIn(this.session, context, after);
    return [...found.map(({ table, row, what }) => `${table} ${row}: ${what}`), ...(await this.#carriedWrong())].sort();
  }

  /** Every table of the snapshot against what is carried of it, as text, both ways. */
  async #carriedWrong(): Promise<string[]> {
    const after = await lookAfterwards(this.session);
    const wrong: string[] = [];
    for (const { base, routes, columns } of this.plan.carries) {
      const source = schemaAt(this.plan.chain.from.revision).tables.find(({ name }) => name === base);
      if (columns.length === 0 || !source) continue;
      const was = columns.map((column) => `t.${quoteIdent(column)}::text`).join(', ');
      const is = routes.map(({ table, marker, columns: names }) => {
        const model = this.plan.model.tables.find(({ name }) => name === table)!;
        const list = columns.map((column) => {
          const type = source.columns.find(({ name }) => name === column)!.type;
          const isEnum = schemaAt(this.plan.chain.from.revision).enums.some(({ name }) => name === type);
          return `t.${quoteIdent(names.get(column)!)}::${isEnum ? 'text' : type}::text`;
        });
        return `select ${list.join(', ')} from ${loadedRows(home, model, after)} t${marker === null ? '' : ` where ${marker}`}`;
      });
      const snapshot = `select ${was} from ${from}.${quoteIdent(base)} t`;
      const built = is.join(' union all ');
      const [row] = await this.session.query(
        `select (select count(*) from ((${snapshot}) except all (${built})) q) as missing, (select count(*) from ((${built}) except all (${snapshot})) q) as extra`,
      );
      if (row?.missing !== '0' || row?.extra !== '0') wrong.push(`${base}: ${row?.missing} missing, ${row?.extra} extra`);
    }
    return wrong;
  }

  /** The checks read the built database, and nothing from a vault. */
  #context(): BuildContext {
    return { plan: this.plan, home, release: servingRelease(this.plan.chain.to) } as BuildContext;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}

/** @param rows the snapshot's; without it, a populated database of that revision */
export async function upgraded(fromRevision: string, toRevision: string, rows?: Rows): Promise<Upgraded> {
  const server = await testServer();
  const test = await server.createDatabase({ vector: true });
  const database = openDatabase(test.url);
  const session = await database.connect();
  const close = async () => {
    await session.close();
    await database.close();
    await test[Symbol.asyncDispose]();
  };
  try {
    if (rows === undefined) await populate(session, from, fromRevision);
    else await fillSnapshot(session, fromRevision, rows);
    const plan = planUpgrade(schemaAt(fromRevision), fromRevision, toRevision, revisionSteps);
    await session.query(`set search_path to ${home}, public`);
    await build(session, plan);
    return new Upgraded(session, plan, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function fillSnapshot(session: Session, revision: string, rows: Rows): Promise<void> {
  const model = schemaAt(revision);
  await session.query(`create schema ${from}; set search_path to ${from}, public`);
  const { types, sequences, tables } = schemaStatements(model, from);
  await session.query([...types, ...sequences, ...tables].join(';\n'));
  for (const [name, list] of Object.entries(rows)) {
    const table = model.tables.find((each) => each.name === name);
    if (!table) throw new Error(`no table ${name} at ${revision}`);
    const into = qualified(from, null, name);
    // Rows say only what a test is about.
    for (const column of table.columns) await session.query(`alter table ${into} alter ${quoteIdent(column.name)} drop not null`);
    for (const row of list) {
      const columns = Object.keys(row).map((key) => table.columns.find((each) => each.name === key)!);
      const values = columns.map((column) => {
        const value = row[column.name];
        return value === null ? null : /^jsonb?$/.test(column.type) ? JSON.stringify(value) : String(value);
      });
      const list = columns.map((column) => quoteIdent(column.name)).join(', ');
      const casts = columns.map(({ type }, index) => `$${index + 1}::text::${type}`).join(', ');
      await session.query(`insert into ${into} (${list}) values (${casts})`, values);
    }
  }
}

/** As `loadRelease` does it, with INSERT … SELECT in place of COPY. */
async function build(session: Session, plan: UpgradePlan): Promise<void> {
  const { types, sequences, tables } = schemaStatements(plan.model, home);
  await session.query(`create schema ${home}; create schema ${sourceSchema}`);
  await session.query([...types, ...sequences, ...tables].join(';\n'));
  for (const { name, load } of plan.tables) {
    if (load.kind !== 'direct') continue;
    const into = qualified(home, null, name);
    const model = plan.model.tables.find((table) => table.name === name)!;
    const values = load.columns.map(({ name: column, from: value }) => {
      if (typeof value === 'string') return quoteIdent(value);
      const relation = plan.chain.state.get(name)!;
      const origin = relation.branches[0]!.values.get(relation.columns.find((each) => each.name === column)!.id)!.origin;
      const type = model.columns.find((each) => each.name === column)!.type;
      return origin.kind === 'constant' ? `'${origin.text}'::${type}` : 'null';
    });
    for (const { name: column, notNull } of model.columns)
      if (notNull) await session.query(`alter table ${into} alter ${quoteIdent(column)} drop not null`);
    const list = load.columns.map(({ name: column }) => quoteIdent(column)).join(', ');
    const cast = values.map(
      (value, index) => `${value}::text::${model.columns.find((each) => each.name === load.columns[index]!.name)!.type}`,
    );
    await session.query(`insert into ${into} (${list}) select ${cast.join(', ')} from ${from}.${quoteIdent(load.base)}`);
  }
  for (const { base, columns, view } of plan.sources) {
    const list = columns.map(({ name, type }) => `${quoteIdent(name)}::${type}`).join(', ');
    const into = `${quoteIdent(sourceSchema)}.${quoteIdent(base)}`;
    if (view === null) await session.query(`create table ${into} as select ${list} from ${from}.${quoteIdent(base)}`);
    else await session.query(`create view ${into} as select ${view.list} from ${home}.${quoteIdent(view.table)} t`);
  }
  for (const [name, sql] of plan.chain.prepared)
    await session.query(`create table ${quoteIdent(sourceSchema)}.${quoteIdent(name)} as ${sql}`);
  for (const { name, load } of plan.tables) {
    if (load.kind !== 'computed') continue;
    const into = qualified(home, null, name);
    for (const column of load.required) await session.query(`alter table ${into} alter ${quoteIdent(column)} drop not null`);
    for (const select of load.selects) await session.query(`insert into ${into} (${load.columns.map(quoteIdent).join(', ')}) ${select}`);
  }
  await setAsideIncomplete({ session, home, model: plan.model, from: plan.chain.from, to: plan.chain.to }, plan.tables);
}
