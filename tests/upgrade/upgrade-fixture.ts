import { findTargetRevision } from '../../src/letta/find-revision.ts';
import type { RestoreResult } from '../../src/restore/restore.ts';
import { backUp, restoreTo, TestVault } from '../road/road.ts';
import { type FixtureName, fixtureEncryptionKey, loadFixture } from '../support/fixtures.ts';
import { TestDatabase, testServer } from '../support/postgres.ts';

export interface UpgradedFixture {
  /** The fixture itself, untouched. */
  source: TestDatabase;
  built: TestDatabase;
  result: RestoreResult;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A fixture built at another release, as `restore --release` does it, with the fixtures' LETTA_ENCRYPTION_KEY. */
export async function upgradeFixture(name: FixtureName, release: string): Promise<UpgradedFixture> {
  return upgradeDatabase(await loadFixture(await testServer(), name), release);
}

/** The same for any database of Letta's. It is dropped in the end. */
export async function upgradeDatabase(source: TestDatabase, release: string): Promise<UpgradedFixture> {
  const target = findTargetRevision(release);
  if (!target) throw new RangeError(`no release ${release}`);
  const built = new TestDatabase(source.server, `${source.name}_at_${release}`);
  const drop = async () => {
    await built.drop();
    await source.drop();
  };
  try {
    await using held = await TestVault.create();
    const { ref } = await backUp(source.url, held.vault, { encryptionKey: fixtureEncryptionKey });
    const keys = { encryptionKey: fixtureEncryptionKey, rekeyTo: null };
    const result = await restoreTo(built.url, held.vault, ref, { release: target }, { keys });
    return { source, built, result, [Symbol.asyncDispose]: drop };
  } catch (error) {
    await drop();
    throw error;
  }
}
