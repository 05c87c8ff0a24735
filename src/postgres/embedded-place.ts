import { existsSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LifeboatError } from '../report/errors.ts';
import type { Database } from './database.ts';
import { type DirectoryCalls, readIfThere, systemDirectoryCalls } from './embedded-files.ts';
import { lockDirectory } from './embedded-lock.ts';
import { exchangeNote, parseExchange } from './exchange-note.ts';
import type { Connection, Exchange, Neighbour, NotesAfter, Place } from './place.ts';

/** Kept inside a database's directory, so that it moves with it. */
const noteFile = 'lifeboat.json';

/**
 * Embedded databases that lie in one directory. Two renames are not one: a journal beside them, `NAME.switch.json`, says
 * what is going on until both are done. The locks of the directories keep others out meanwhile.
 */
export class EmbeddedPlace implements Place {
  readonly #database: Database;
  readonly #parent: string;
  readonly #calls: DirectoryCalls;
  #unclaim: () => void = () => {};

  /** @param directory of `database`, absolute */
  constructor(database: Database, directory: string, calls: DirectoryCalls = systemDirectoryCalls) {
    this.#database = database;
    this.#parent = dirname(directory);
    this.#calls = calls;
  }

  async claim(): Promise<void> {
    try {
      this.#unclaim = lockDirectory(join(this.#parent, '.lifeboat-switch'));
    } catch (cause) {
      throw new LifeboatError('switch-running', { database: this.#database.name }, { cause });
    }
  }

  async databases(): Promise<Neighbour[]> {
    if (!existsSync(this.#parent)) return [];
    return readdirSync(this.#parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(join(this.#parent, entry.name, 'PG_VERSION')))
      .map(({ name }) => ({
        name,
        note: readIfThere(join(this.#at(name), noteFile)),
        connectable: true,
        mine: true,
        owner: null,
        limit: -1,
        roleSettings: [],
      }));
  }

  database(name: string): Database {
    this.#at(name);
    return this.#database.sibling(name);
  }

  async missingRight(): Promise<null> {
    return null;
  }

  /** An engine in another process holds the directory's lock: whoever opens or renames it meets that. */
  async connections(): Promise<Connection[]> {
    return [];
  }

  async unfinished(name: string): Promise<Exchange | null> {
    if (!existsSync(this.#parent)) return null;
    for (const file of readdirSync(this.#parent).filter((each) => each.endsWith('.switch.json'))) {
      const exchange = parseExchange(readIfThere(join(this.#parent, file)));
      if (exchange && file === basename(this.#journal(exchange)) && (exchange.name === name || exchange.incoming === name)) return exchange;
    }
    return null;
  }

  async begin(exchange: Exchange): Promise<void> {
    this.#calls.write(this.#journal(exchange), exchangeNote(exchange));
  }

  async complete(exchange: Exchange, after: NotesAfter): Promise<void> {
    const { name, incoming, outgoing } = exchange;
    this.#locked([name, incoming], () => {
      for (const free of [outgoing === null ? name : outgoing])
        if (existsSync(this.#at(free))) throw new LifeboatError('name-taken', { database: free });
      this.#note(incoming, after.incoming);
      if (outgoing !== null) {
        this.#note(name, after.outgoing);
        this.#calls.rename(this.#at(name), this.#at(outgoing));
      }
      this.#calls.rename(this.#at(incoming), this.#at(name));
      this.#calls.remove(this.#journal(exchange));
    });
  }

  async undo(exchange: Exchange): Promise<'undone' | 'finished'> {
    const { name, incoming, outgoing, before } = exchange;
    return this.#locked([name, incoming], () => {
      const [named, waiting] = [existsSync(this.#at(name)), existsSync(this.#at(incoming))];
      if (named && !waiting) {
        this.#calls.remove(this.#journal(exchange));
        return 'finished';
      }
      if (!named && outgoing !== null && existsSync(this.#at(outgoing))) this.#calls.rename(this.#at(outgoing), this.#at(name));
      if (existsSync(this.#at(incoming))) this.#note(incoming, before.incoming.note);
      if (before.outgoing !== null && existsSync(this.#at(name))) this.#note(name, before.outgoing.note);
      this.#calls.remove(this.#journal(exchange));
      return 'undone';
    });
  }

  async drop(name: string): Promise<void> {
    const gone = join(this.#parent, `.lifeboat-dropped-${name}`);
    this.#locked([name], () => this.#calls.rename(this.#at(name), gone));
    await rm(gone, { recursive: true, force: true });
  }

  async size(name: string): Promise<number | null> {
    const files = readdirSync(this.#at(name), { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
    return files.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  }

  async close(): Promise<void> {
    this.#unclaim();
    this.#unclaim = () => {};
  }

  #note(name: string, note: string | null): void {
    const file = join(this.#at(name), noteFile);
    if (note !== null) this.#calls.write(file, note);
    else if (existsSync(file)) this.#calls.remove(file);
  }

  #journal({ name }: Exchange): string {
    return `${this.#at(name)}.switch.json`;
  }

  /** A name is the name of a directory beside, and no way out of it. */
  #at(name: string): string {
    if (name === '' || name === '.' || name === '..' || name !== basename(name) || name.includes('\0'))
      throw new LifeboatError('bad-database-name', {
        database: name,
        reason: 'An embedded database is named by the directory beside the other one.',
      });
    return join(this.#parent, name);
  }

  #locked<T>(names: readonly string[], work: () => T): T {
    const unlocks: (() => void)[] = [];
    try {
      for (const name of names) unlocks.push(lockDirectory(this.#at(name)));
      return work();
    } finally {
      for (const unlock of unlocks) unlock();
    }
  }
}
