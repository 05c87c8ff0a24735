import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FixtureName, fixtureEncryptionKey, loadFixture } from '../support/fixtures.ts';
import { type TestDatabase, type TestServer, testServer } from '../support/postgres.ts';
import { lifeboat } from '../support/program.ts';

/** A loss as the summary tells it. */
export interface Loss {
  class: string;
  table: string;
  column: string | null;
  rows: number;
}

/** A vault and databases for `upgrade` and `restore --release` as a person or a script runs them. */
export class VerbsStage {
  readonly server: TestServer;
  readonly directory: string;
  /** Without LETTA_ENCRYPTION_KEY. */
  readonly env: Record<string, string>;
  readonly #loaded: TestDatabase[] = [];

  private constructor(server: TestServer, directory: string) {
    [this.server, this.directory] = [server, directory];
    this.env = {
      LIFEBOAT_PASSPHRASE: 'correct horse battery',
      LIFEBOAT_VAULT: join(directory, 'vault'),
      XDG_STATE_HOME: directory,
      XDG_CONFIG_HOME: directory,
    };
  }

  static async set(): Promise<VerbsStage> {
    const stage = new VerbsStage(await testServer(), await mkdtemp(join(tmpdir(), 'lifeboat-upgrade-')));
    assert.equal((await lifeboat(['init'], { env: stage.env })).code, 0);
    return stage;
  }

  get withKey(): Record<string, string> {
    return { ...this.env, LETTA_ENCRYPTION_KEY: fixtureEncryptionKey };
  }

  async load(name: FixtureName): Promise<TestDatabase> {
    const database = await loadFixture(this.server, name);
    this.#loaded.push(database);
    return database;
  }

  /** Drops what was loaded, and what was built beside it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const names = await this.server.databases();
    for (const { name } of this.#loaded) for (const each of names) if (each.startsWith(name)) await this.server.dropDatabase(each);
    await rm(this.directory, { recursive: true, force: true });
  }
}
