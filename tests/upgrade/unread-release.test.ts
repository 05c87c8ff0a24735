import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRelease, revisionInfo } from '../../src/letta/catalogue.ts';
import { restoreTo, TestVault } from '../road/road.ts';
import { fixtureEncryptionKey } from '../support/fixtures.ts';
import { testServer } from '../support/postgres.ts';
import { prepareSource } from './matrix.ts';

const code = 'values-not-adapted';

test('for a release before 0.11.0 values are not adapted, and a warning says so', async () => {
  const server = await testServer();
  await using vault = await TestVault.create();
  const { ref } = await prepareSource(server, vault.vault, '9758adf8fdd3'); // 0.8.5
  for (const [release, expected] of [
    ['0.10.1', [['Values were not adapted to Letta 0.10.1', false]]],
    ['0.11.0', []],
  ] as const) {
    const revision = revisionInfo(findRelease(release)?.head ?? '') ?? assert.fail(release);
    const name = `unread_${process.pid}_${revision.position}`;
    try {
      const request = { release: { revision, release } };
      const { warnings } = await restoreTo(server.url(name), vault.vault, ref, request, {
        keys: { encryptionKey: fixtureEncryptionKey, rekeyTo: null },
      });
      const told = warnings.filter((warning) => warning.code === code);
      assert.deepEqual(
        told.map(({ message, partial }) => [message.slice(0, message.indexOf(':')), partial]),
        expected,
      );
    } finally {
      await server.dropDatabase(name);
    }
  }
});
