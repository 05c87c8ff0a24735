import { setTimeout as sleep } from 'node:timers/promises';
import { LifeboatError } from '../report/errors.ts';
import { quoteIdent, quoteLiteral } from '../schema/model.ts';
import { connectionsTo } from './connections.ts';
import type { Database, Session } from './database.ts';
import { exchangeNote, parseExchange } from './exchange-note.ts';
import { connectMaintenance } from './maintenance.ts';
import type { Connection, Exchange, Neighbour, NotesAfter, Place } from './place.ts';

/** How long the sessions of a Lifeboat that was killed may take to notice it. */
const patience = 6000;

/** The databases of one server, seen and renamed from a database that is none of those concerned. */
export class ServerPlace implements Place {
  readonly #database: Database;
  readonly #others: readonly string[];
  #maintenance: { session: Session; database: Database };

  private constructor(database: Database, others: readonly string[], maintenance: { session: Session; database: Database }) {
    this.#database = database;
    this.#others = others;
    this.#maintenance = maintenance;
  }

  static async open(database: Database, others: readonly string[]): Promise<ServerPlace> {
    return new ServerPlace(database, others, await connectMaintenance(database, others));
  }

  async claim(): Promise<void> {
    for (const end = Date.now() + patience; ; await sleep(100)) {
      const [row] = await this.#query(`select pg_try_advisory_lock(hashtextextended('lifeboat switch', 0)) as free`);
      if (row?.free === 't') return;
      if (Date.now() > end) throw new LifeboatError('switch-running', { database: this.#database.name });
    }
  }

  async databases(): Promise<Neighbour[]> {
    const rows = await this.#query(`
      select d.datname::text as name, shobj_description(d.oid, 'pg_database') as note, d.datallowconn as connectable, d.datconnlimit::text as limit,
             pg_get_userbyid(d.datdba) as owner, pg_has_role(current_user, d.datdba, 'USAGE') as mine,
             coalesce((select json_agg(r.rolname || ': ' || split_part(each, '=', 1) order by r.rolname) from pg_db_role_setting s join pg_roles r on r.oid = s.setrole, unnest(s.setconfig) each
                where s.setdatabase = d.oid), '[]') as roles
        from pg_database d order by d.datname`);
    return rows.map((row) => ({
      name: row.name ?? '',
      note: row.note ?? null,
      connectable: row.connectable === 't',
      mine: row.mine === 't',
      owner: row.owner ?? '',
      limit: Number(row.limit),
      roleSettings: JSON.parse(row.roles ?? '[]') as string[],
    }));
  }

  database(name: string): Database {
    return this.#database.sibling(name);
  }

  async missingRight(databases: readonly Neighbour[]): Promise<{ role: string; right: string; remedy: string } | null> {
    const [row] = await this.#query(
      'select rolname as role, rolsuper as super, rolcreatedb as create from pg_roles where rolname = current_user',
    );
    const role = row?.role ?? '';
    const foreign = databases.find((each) => !each.mine);
    if (foreign)
      return {
        role,
        right: `owner of ${foreign.name}`,
        remedy: `Log in as ${foreign.owner} or a superuser, or: ALTER DATABASE ${quoteIdent(foreign.name)} OWNER TO ${quoteIdent(role)}`,
      };
    if (row?.super === 't' || row?.create === 't') return null;
    return { role, right: 'CREATEDB', remedy: `ALTER ROLE ${quoteIdent(role)} CREATEDB` };
  }

  connections(names: readonly string[], own: readonly number[]): Promise<Connection[]> {
    return connectionsTo(this.#maintenance.session, names, own);
  }

  async unfinished(name: string): Promise<Exchange | null> {
    for (const { note } of await this.databases()) {
      const exchange = parseExchange(note);
      if (exchange && (exchange.name === name || exchange.incoming === name)) return exchange;
    }
    return null;
  }

  async begin(exchange: Exchange): Promise<void> {
    const note = exchangeNote(exchange);
    await this.#atOnce(
      [exchange.incoming, ...(exchange.outgoing === null ? [] : [exchange.name])].flatMap((database) => [
        `comment on database ${quoteIdent(database)} is ${quoteLiteral(note)}`,
        allow(database, false),
      ]),
    );
  }

  async complete(exchange: Exchange, after: NotesAfter): Promise<void> {
    const { name, incoming, outgoing, before } = exchange;
    const rename = (from: string, to: string, note: string | null, connectable: boolean) => [
      `alter database ${quoteIdent(from)} rename to ${quoteIdent(to)}`,
      comment(to, note),
      allow(to, connectable),
    ];
    const statements = [
      ...(outgoing === null ? [] : rename(name, outgoing, after.outgoing, before.outgoing?.connectable ?? true)),
      ...rename(incoming, name, after.incoming, before.incoming.connectable),
    ];
    try {
      await this.#atOnce(statements);
    } catch (error) {
      // When the answer to COMMIT is lost, only the server knows.
      if (!(error instanceof LifeboatError) || error.code !== 'connection-lost') throw error;
      await this.#reconnect();
      const found = await this.databases();
      const done =
        found.some((each) => each.name === name && each.note === after.incoming) && !found.some((each) => each.name === incoming);
      if (!done) throw error;
    }
  }

  async undo(exchange: Exchange): Promise<'undone' | 'finished'> {
    try {
      return await this.#undo(exchange);
    } catch (error) {
      if (!(error instanceof LifeboatError) || error.code !== 'connection-lost') throw error;
      await this.#reconnect();
      return await this.#undo(exchange);
    }
  }

  async #undo({ id, name, incoming, outgoing, before }: Exchange): Promise<'undone' | 'finished'> {
    // Only what still carries this very exchange's note: anything else is somebody else's work meanwhile.
    const marked = (await this.databases()).filter(({ note }) => parseExchange(note)?.id === id).map((each) => each.name);
    const statements = [
      { database: incoming, was: before.incoming },
      ...(outgoing === null || before.outgoing === null ? [] : [{ database: name, was: before.outgoing }]),
    ].flatMap(({ database, was }) => (marked.includes(database) ? [comment(database, was.note), allow(database, was.connectable)] : []));
    if (statements.length > 0) await this.#atOnce(statements);
    return 'undone';
  }

  async drop(name: string): Promise<void> {
    await this.#query(`drop database ${quoteIdent(name)}`);
  }

  async size(name: string): Promise<number | null> {
    const [row] = await this.#query(
      `select case when has_database_privilege(oid, 'CONNECT') or pg_has_role('pg_read_all_stats', 'USAGE') then pg_database_size(oid) end::text as bytes
         from pg_database where datname::text = $1::text`,
      [name],
    );
    return row?.bytes == null ? null : Number(row.bytes);
  }

  async close(): Promise<void> {
    await this.#maintenance.session.close();
    await this.#maintenance.database.close();
  }

  #query(sql: string, values: readonly string[] = []) {
    return this.#maintenance.session.query(sql, values);
  }

  /** All or nothing, and durable whatever the server's default is. Whoever is in the way for long (CREATE DATABASE … TEMPLATE) is not waited for. */
  async #atOnce(statements: readonly string[]): Promise<void> {
    await this.#query('begin');
    try {
      await this.#query(`set local lock_timeout = '10s'; set local synchronous_commit = on`);
      for (const statement of statements) await this.#query(statement);
      await this.#query('commit');
    } catch (error) {
      await this.#query('rollback').catch(() => {});
      throw error;
    }
  }

  async #reconnect(): Promise<void> {
    await this.close();
    this.#maintenance = await connectMaintenance(this.#database, this.#others);
  }
}

const comment = (database: string, note: string | null): string =>
  `comment on database ${quoteIdent(database)} is ${note === null ? 'null' : quoteLiteral(note)}`;
const allow = (database: string, connectable: boolean): string =>
  `alter database ${quoteIdent(database)} with allow_connections ${connectable}`;
