import type { ConnectionOptions } from 'node:tls';
import pg from 'pg';
import { connectionError } from './connection-errors.ts';
import type { Database } from './database.ts';
import { readPasswordFile } from './server-password-file.ts';
import { type ConnectedClient, ServerSession } from './server-session.ts';
import { noticeLostClient, pinSettings } from './server-settings.ts';
import type { ServerTarget } from './server-target.ts';

export interface ServerOptions {
  /** Milliseconds for a connection to stand. */
  connectTimeout: number;
  /** Milliseconds without a byte after which a COPY is given up. */
  idleDeadline: number;
  environment: Record<string, string | undefined>;
}

/** Every value as PostgreSQL writes it: what a driver makes of numbers and dates is never exact. */
const asText = { getTypeParser: () => (value: string) => value };

/** A database on a PostgreSQL server. */
export class ServerDatabase implements Database {
  readonly kind = 'server';
  readonly capabilities = { sessions: 100, sharedSnapshots: true, createDatabase: true };
  readonly #target: ServerTarget;
  readonly #options: ServerOptions;
  /** The way of encryption that the server accepted last. */
  #tls: ConnectionOptions | false | undefined;

  constructor(target: ServerTarget, options: ServerOptions) {
    this.#target = target;
    this.#options = options;
  }

  get name(): string {
    return this.#target.database;
  }

  get label(): string {
    const { user, host, port, database } = this.#target;
    const address = host.startsWith('/') ? `${encodeURIComponent(host)}:${port}` : `${host.includes(':') ? `[${host}]` : host}:${port}`;
    return `postgresql://${encodeURIComponent(user)}@${address}/${encodeURIComponent(database)}`;
  }

  connect(): Promise<ServerSession> {
    return this.#connect();
  }

  sibling(name: string): ServerDatabase {
    return new ServerDatabase({ ...this.#target, database: name }, this.#options);
  }

  async close(): Promise<void> {}

  async #connect(): Promise<ServerSession> {
    const client = await this.#login();
    const session = new ServerSession(client, {
      label: this.label,
      idleDeadline: this.#options.idleDeadline,
      another: () => this.#connect(),
    });
    try {
      await session.query(pinSettings);
      await session.query(noticeLostClient).catch(() => {});
    } catch (error) {
      session.abort();
      throw error;
    }
    return session;
  }

  /** Tries the allowed ways of encryption in turn, as libpq does. */
  async #login(): Promise<ConnectedClient> {
    const ways = this.#tls === undefined ? this.#target.tls : [this.#tls];
    let failure: unknown;
    for (const way of ways) {
      const client = this.#client(way);
      try {
        await client.connect();
        this.#tls = way;
        return client;
      } catch (error) {
        client.connection.stream.destroy();
        failure ??= error;
        if (!isAboutEncryption(error)) throw connectionError(error, this.label, 'connect');
      }
    }
    throw connectionError(failure, this.label, 'connect');
  }

  #client(tls: ConnectionOptions | false): ConnectedClient {
    const { host, port, user, password, database, options } = this.#target;
    const client = new pg.Client({
      host,
      port,
      user,
      database,
      ...(options === undefined ? {} : { options }),
      password: async () => password ?? (await readPasswordFile(this.#target, this.#options.environment)) ?? '',
      ssl: tls,
      application_name: 'lifeboat',
      connectionTimeoutMillis: this.#options.connectTimeout,
      keepAlive: true,
      keepAliveInitialDelayMillis: 30_000,
      types: asText,
    }) as ConnectedClient;
    client.on('error', () => {}); // told by connect(); later ones are the session's
    return client;
  }
}

/** The server has no TLS, or pg_hba.conf wants the other way. */
function isAboutEncryption(error: unknown): boolean {
  const { message, code } = error as { message?: string; code?: string };
  return /does not support SSL|SSL connection/.test(message ?? '') || (code === '28000' && /encryption/.test(message ?? ''));
}
