import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Database } from './database.ts';
import { acquireEngine, isMemory, releaseEngine } from './embedded-engine.ts';
import { EmbeddedSession } from './embedded-session.ts';
import { pinSettings } from './server-settings.ts';

/** A database in a directory (or in memory), run by PGlite in this process. */
export class EmbeddedDatabase implements Database {
  readonly kind = 'embedded';
  readonly capabilities = { sessions: 1, sharedSnapshots: false, createDatabase: false };
  readonly #location: string;
  readonly #create: boolean;
  #acquired = false;

  /** @param location an absolute path, or `memory://name` */
  constructor(location: string, create: boolean) {
    this.#location = location;
    this.#create = create;
  }

  get name(): string {
    return isMemory(this.#location) ? this.#location.slice('memory://'.length) : basename(this.#location);
  }

  get label(): string {
    return `pglite:${this.#location}`;
  }

  /** Where it lies; null in memory. */
  get directory(): string | null {
    return isMemory(this.#location) ? null : this.#location;
  }

  /** Whether connecting would make it: nothing is there yet. */
  get isUnmade(): boolean {
    if (!this.#create || isMemory(this.#location)) return false;
    return !existsSync(this.#location) || readdirSync(this.#location).length === 0;
  }

  /** Waits for a session that is open already. */
  async connect(): Promise<EmbeddedSession> {
    const engine = await acquireEngine(this.#location, this.#create);
    // One share of the engine for the database, however many sessions it opens; it is given back by close().
    if (this.#acquired) await releaseEngine(this.#location);
    this.#acquired = true;
    const session = new EmbeddedSession(engine.pglite, this.label, await engine.turn());
    try {
      await session.query(pinSettings);
    } catch (error) {
      await session.close();
      throw error;
    }
    return session;
  }

  /** The directory beside; it becomes a database when it is connected to. */
  sibling(name: string): EmbeddedDatabase {
    return new EmbeddedDatabase(isMemory(this.#location) ? `memory://${name}` : join(dirname(this.#location), name), true);
  }

  async close(): Promise<void> {
    if (!this.#acquired) return;
    this.#acquired = false;
    await releaseEngine(this.#location);
  }
}
