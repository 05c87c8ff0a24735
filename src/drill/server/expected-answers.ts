import type { Session } from '../../postgres/database.ts';
import { type DatabaseModel, quoteIdent } from '../../schema/model.ts';

/** What the rows say that a server has to answer about one agent. Ids. */
export interface ExpectedAgent {
  id: string;
  name: string;
  hidden: boolean;
  /** Soft-deleted ones are listed by every release, and their messages answer 404 (letta-server.md §11 row 33). */
  deleted: boolean;
}

export interface ExpectedContents {
  blocks: string[];
  tools: string[];
  inContext: string[];
  /** The newest up to a bound, oldest first. */
  messages: string[];
  /** The oldest up to a bound. */
  passages: string[];
  /** Soft-deleted rows, and passages of files: releases differ in whether they show them. */
  notJudged: ReadonlySet<string>;
}

export interface ExpectedOrganization {
  id: string;
  /** Somebody who may see it; null: it has no user, so nobody can ask. */
  user: string | null;
  agents: ExpectedAgent[];
  tools: string[];
}

/** What the drilled database holds, read by SQL before a server's boot writes to it (letta-server.md §10.1). */
export class ExpectedAnswers {
  readonly #session: Session;
  readonly #home: string;
  readonly #model: DatabaseModel;

  constructor(session: Session, home: string, model: DatabaseModel) {
    this.#session = session;
    this.#home = home;
    this.#model = model;
  }

  /** Organisations that have agents or tools, in order of ids. */
  async organizations(): Promise<ExpectedOrganization[]> {
    const agents = await this.#session.query(
      `SELECT id, coalesce(name, '') AS name, organization_id, coalesce(hidden, false) AS hidden, coalesce(is_deleted, false) AS deleted
         FROM ${this.#table('agents')} WHERE organization_id IS NOT NULL ORDER BY id COLLATE "C"`,
    );
    const users = await this.#session.query(
      `SELECT organization_id, min(id COLLATE "C") AS id FROM ${this.#table('users')} WHERE is_deleted IS NOT TRUE GROUP BY 1`,
    );
    const tools = await this.#session.query(
      `SELECT id, organization_id FROM ${this.#table('tools')} WHERE is_deleted IS NOT TRUE AND organization_id IS NOT NULL ORDER BY id COLLATE "C"`,
    );
    const ids = new Set([...agents, ...tools].map((row) => row.organization_id ?? ''));
    return [...ids].sort().map((id) => ({
      id,
      user: users.find((row) => row.organization_id === id)?.id ?? null,
      agents: agents
        .filter((row) => row.organization_id === id)
        .map((row) => ({ id: row.id ?? '', name: row.name ?? '', hidden: row.hidden === 't', deleted: row.deleted === 't' })),
      tools: tools.filter((row) => row.organization_id === id).map((row) => row.id ?? ''),
    }));
  }

  async contentsOf(agent: string, most: { messages: number; passages: number }): Promise<ExpectedContents> {
    const ids = async (sql: string, ...values: number[]) => (await this.#session.query(sql, [agent, ...values])).map((row) => row.id ?? '');
    const messages = `FROM ${this.#table('messages')} WHERE agent_id = $1`;
    const passages = `FROM ${this.#table('archival_passages')} p JOIN ${this.#table('archives_agents')} l USING (archive_id) WHERE l.agent_id = $1`;
    const ofFiles = `SELECT p.id FROM ${this.#table('source_passages')} p JOIN ${this.#table('sources_agents')} l USING (source_id) WHERE l.agent_id = $1`;
    return {
      blocks: await ids(
        `SELECT b.id FROM ${this.#table('blocks_agents')} l JOIN ${this.#table('block')} b ON b.id = l.block_id WHERE l.agent_id = $1`,
      ),
      tools: await ids(
        `SELECT t.id FROM ${this.#table('tools_agents')} l JOIN ${this.#table('tools')} t ON t.id = l.tool_id WHERE l.agent_id = $1`,
      ),
      inContext: await ids(
        `SELECT m.id FROM ${this.#table('agents')} a, json_array_elements_text(CASE json_typeof(a.message_ids) WHEN 'array' THEN a.message_ids END)
           WITH ORDINALITY AS m(id, place) WHERE a.id = $1 ORDER BY m.place`,
      ),
      messages: (await ids(`SELECT id ${messages} AND is_deleted IS NOT TRUE ORDER BY sequence_id DESC LIMIT $2`, most.messages)).reverse(),
      passages: await ids(`SELECT p.id ${passages} AND p.is_deleted IS NOT TRUE ORDER BY p.created_at, p.id LIMIT $2`, most.passages),
      notJudged: new Set([
        ...(await ids(`SELECT id ${messages} AND is_deleted`)),
        ...(await ids(`SELECT p.id ${passages} AND p.is_deleted`)),
        ...(await ids(ofFiles)),
      ]),
    };
  }

  /** Id → status of at most so many runs of an organisation, evenly spread; empty before 0.12, where a run is a job. */
  async runsOf(organization: string, most: number): Promise<Map<string, string>> {
    if (!this.#has('runs', 'organization_id')) return new Map();
    const rows = await this.#session.query(
      `SELECT id, status FROM (SELECT id, status, row_number() OVER (ORDER BY id COLLATE "C") - 1 AS place, count(*) OVER () AS all_of_them
          FROM ${this.#table('runs')} WHERE organization_id = $1 AND is_deleted IS NOT TRUE) numbered
        WHERE place % greatest(1, ceil(all_of_them / $2::numeric)::bigint) = 0 ORDER BY id COLLATE "C"`,
      [organization, most],
    );
    return new Map(rows.map((row) => [row.id ?? '', row.status ?? '']));
  }

  /** Addresses outside that the rows name in one of these columns; where a column is not there, none. */
  async addressesIn(table: string, column: string): Promise<string[]> {
    if (!this.#has(table, column)) return [];
    const name = quoteIdent(column);
    const rows = await this.#session.query(`SELECT DISTINCT ${name}::text AS address FROM ${this.#table(table)} WHERE ${name} IS NOT NULL`);
    return rows.map((row) => row.address ?? '');
  }

  #table(name: string): string {
    return `${quoteIdent(this.#home)}.${quoteIdent(name)}`;
  }

  #has(table: string, column: string): boolean {
    const found = this.#model.tables.find(({ schema, name }) => schema === null && name === table);
    return found?.columns.some(({ name }) => name === column) ?? false;
  }
}
