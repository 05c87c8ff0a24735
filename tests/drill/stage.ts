import { mkdirSync, readdirSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DrillOptions } from '../../src/drill/drill.ts';
import { directoryPattern } from '../../src/drill/drill-mark.ts';
import type { Proof } from '../../src/drill/proof.ts';
import { readProofs } from '../../src/drill/read-proofs.ts';
import { silentReporter } from '../../src/report/progress.ts';
import type { SnapshotRef } from '../../src/vault/vault.ts';
import { backUp, never, TestVault } from '../road/road.ts';
import { type FixtureName, fixtureEncryptionKey, loadFixture } from '../support/fixtures.ts';
import { testServer } from '../support/postgres.ts';
import { lifeboat, type ProgramOptions } from '../support/program.ts';

/** A vault with snapshots of fixtures, and a directory for temporary files of its own: nobody else's drills are met there. */
export class DrillStage implements AsyncDisposable {
  readonly held: TestVault;
  readonly refs: SnapshotRef[];
  readonly temporary: string;
  readonly identityFile: string;

  private constructor(held: TestVault, refs: SnapshotRef[], temporary: string, identityFile: string) {
    [this.held, this.refs, this.temporary, this.identityFile] = [held, refs, temporary, identityFile];
  }

  static async set(...names: FixtureName[]): Promise<DrillStage> {
    const server = await testServer();
    const held = await TestVault.create();
    const refs: SnapshotRef[] = [];
    for (const name of names) {
      const database = await loadFixture(server, name);
      refs.push((await backUp(database.url, held.vault, { encryptionKey: fixtureEncryptionKey })).ref);
      await database.drop();
    }
    const temporary = await mkdtemp(join(tmpdir(), 'lifeboat-drills-'));
    // PostgreSQL runs under another account when the tests run as root.
    await chmod(temporary, 0o711);
    const identityFile = join(held.directory, 'identity.txt');
    await writeFile(identityFile, `${held.identity}\n`);
    return new DrillStage(held, refs, temporary, identityFile);
  }

  get ref(): SnapshotRef {
    const ref = this.refs.at(-1);
    if (!ref) throw new RangeError('a stage without a snapshot');
    return ref;
  }

  /** The real program. */
  run(args: readonly string[], options: ProgramOptions = {}) {
    const env = { TMPDIR: this.temporary, LETTA_ENCRYPTION_KEY: fixtureEncryptionKey, ...options.env };
    return lifeboat(['drill', ...args, '--vault', this.held.directory, '--identity', this.identityFile], { ...options, env });
  }

  options(place: DrillOptions['place'], more: Partial<DrillOptions> = {}): DrillOptions {
    return {
      vault: this.held.vault,
      ref: this.ref,
      place,
      release: null,
      keys: { encryptionKey: fixtureEncryptionKey, rekeyTo: null },
      reporter: silentReporter,
      signal: never,
      toolVersion: 'test',
      ...more,
    };
  }

  /** Proofs in the vault, oldest first, as whoever shows them reads them. */
  async proofs(): Promise<Proof[]> {
    return (await readProofs(this.held.vault)).map((listed) => {
      if ('error' in listed) throw listed.error;
      return listed.proof;
    });
  }

  /** Directories of drills that are there now. */
  left(): string[] {
    mkdirSync(this.temporary, { recursive: true });
    return readdirSync(this.temporary).filter((name) => directoryPattern.test(name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.held[Symbol.asyncDispose]();
    await rm(this.temporary, { recursive: true, force: true });
  }
}
