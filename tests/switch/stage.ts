import { rm, writeFile } from 'node:fs/promises';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { openPlace } from '../../src/postgres/open-place.ts';
import type { Place } from '../../src/postgres/place.ts';
import { type Reporter, silentReporter } from '../../src/report/progress.ts';
import { type RollbackOptions, rollBack } from '../../src/switch/rollback.ts';
import { parseRolledBack } from '../../src/switch/rolled-back.ts';
import { type SwitchOptions, switchTo } from '../../src/switch/switch.ts';
import type { Written } from '../../src/switch/written.ts';
import type { SnapshotRef } from '../../src/vault/vault.ts';
import { backUp, never, restoreTo, TestVault } from '../road/road.ts';
import { type FixtureName, loadFixture } from '../support/fixtures.ts';
import { type PrivateServer, TestDatabase } from '../support/postgres.ts';

/** A live database, a vault with its snapshot, and a database that was built from it, on a server of their own. */
export class Stage implements AsyncDisposable {
  readonly server: PrivateServer;
  readonly held: TestVault;
  readonly live: TestDatabase;
  readonly built: TestDatabase;
  readonly ref: SnapshotRef;

  private constructor(parts: { server: PrivateServer; held: TestVault; live: TestDatabase; built: TestDatabase; ref: SnapshotRef }) {
    ({ server: this.server, held: this.held, live: this.live, built: this.built, ref: this.ref } = parts);
  }

  static async set(server: PrivateServer, options: { name?: string; built?: string; fixture?: FixtureName } = {}): Promise<Stage> {
    const { name = 'letta', built = `${name}_restored`, fixture = 'letta-0.16.8' } = options;
    const held = await TestVault.create({ minimum: 4096, target: 16384, maximum: 65536 });
    const live = await loadFixture(server, fixture, { name });
    const { ref } = await backUp(live.url, held.vault);
    const other = new TestDatabase(server, built);
    await restoreTo(other.url, held.vault, ref);
    const stage = new Stage({ server, held, live, built: other, ref });
    await writeFile(stage.#identity, `${held.identity}\n`);
    return stage;
  }

  /** The vault for the real program. */
  get args(): string[] {
    return ['--vault', this.held.directory];
  }
  /** How the real program opens it. */
  get env(): Record<string, string> {
    return { LIFEBOAT_PASSPHRASE: '', LIFEBOAT_STATE_DIR: `${this.held.directory}-state`, LIFEBOAT_IDENTITY: this.#identity };
  }
  get #identity(): string {
    return `${this.held.directory}-identity.txt`;
  }

  switch(options: Partial<SwitchOptions> & { url?: string; wrap?: (place: Place) => Place } = {}) {
    const { url = this.live.url, wrap = (place) => place, ...rest } = options;
    return at(url, [rest.built ?? this.built.name], async (place, name) => {
      const shown: Written[] = [];
      const result = await switchTo({
        place: wrap(place),
        name,
        built: this.built.name,
        openVault: async () => this.held.vault,
        reporter: silentReporter,
        signal: never,
        confirm: async () => true,
        show: (written) => shown.push(written),
        acceptLosses: null,
        acceptOtherSource: false,
        ...rest,
      });
      return { ...result, shown };
    });
  }

  rollBack(options: Partial<RollbackOptions> & { wrap?: (place: Place) => Place } = {}) {
    const { wrap = (place) => place, ...rest } = options;
    return at(this.live.url, [], async (place, name) => {
      const shown: Written[] = [];
      const result = await rollBack({
        place: wrap(place),
        name,
        reporter: silentReporter,
        signal: never,
        confirm: async () => true,
        show: (written) => shown.push(written),
        acceptLosses: null,
        ...rest,
      });
      return { ...result, shown };
    });
  }

  /** Drops all databases that belong to the story. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of await this.server.databases()) if (name.includes(this.live.name)) await this.server.dropDatabase(name);
    await this.held[Symbol.asyncDispose]();
    for (const path of [this.#identity, `${this.held.directory}-state`]) await rm(path, { recursive: true, force: true });
  }
}

/** A place (or a vault) of which some methods do something else. */
export function withChanges<T extends object>(object: T, changes: Partial<T>): T {
  return new Proxy(object, {
    get(target, name) {
      const value: unknown = Reflect.get(name in changes ? changes : target, name);
      return typeof value === 'function' ? value.bind(name in changes ? changes : target) : value;
    },
  });
}

/** A place for one piece of work, as a verb has it. */
export async function at<T>(url: string, others: string[], work: (place: Place, name: string) => Promise<T>): Promise<T> {
  const database = openDatabase(url);
  const place = await openPlace(database, others);
  try {
    return await work(place, database.name);
  } finally {
    await place.close();
    await database.close();
  }
}

/** What can be seen of the databases from outside: all that an exchange may change, but for what a rollback adds to the note of the one that it puts aside. */
export async function outside(
  server: PrivateServer,
): Promise<Record<string, { oid: string; connectable: boolean; limit: number; comment: string | null }>> {
  const rows = await server.query<{ datname: string; oid: string; datallowconn: boolean; datconnlimit: number; comment: string | null }>(
    `select datname, oid::text, datallowconn, datconnlimit, shobj_description(oid, 'pg_database') as comment from pg_database where not datistemplate order by 1`,
  );
  return Object.fromEntries(
    rows.map(({ datname, oid, datallowconn, datconnlimit, comment }) => [
      datname,
      { oid, connectable: datallowconn, limit: datconnlimit, comment: withoutRollback(comment) },
    ]),
  );
}

function withoutRollback(comment: string | null): string | null {
  if (parseRolledBack(comment) === null) return comment;
  const { rolledBack, ...note } = JSON.parse(comment ?? '') as Record<string, unknown>;
  return JSON.stringify(note);
}

/** A reporter that does something when a phase begins. */
export function atPhase(phase: string, act: () => void): Reporter {
  return { ...silentReporter, phase: (name) => (name === phase ? act() : undefined) };
}
