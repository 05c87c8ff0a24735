import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentReporter } from '../../src/report/progress.ts';
import { openStore } from '../../src/vault/open-store.ts';
import { openVault } from '../../src/vault/open-vault.ts';
import { verifySnapshot } from '../../src/verify/verify-snapshot.ts';
import { backUp, never, TestVault } from '../road/road.ts';
import { loadFixture } from '../support/fixtures.ts';
import { testServer } from '../support/postgres.ts';

const filesIn = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

test('an object that was found damaged is stored anew by the next backup, which heals the snapshots before', async () => {
  await using source = await loadFixture(await testServer(), 'letta-0.16.2');
  await using held = await TestVault.create();
  const { directory, identity } = held;
  const reopened = () => openVault(openStore(directory), { identities: [identity] }, { pin: null });
  const first = await backUp(source.url, held.vault);

  const objects = filesIn(join(directory, 'objects')).sort((a, b) => statSync(b).size - statSync(a).size);
  const bytes = readFileSync(objects[0] ?? '');
  const flipped = Buffer.from(bytes);
  flipped[bytes.length >> 1] = (flipped[bytes.length >> 1] ?? 0) ^ 1;
  writeFileSync(objects[0] ?? '', flipped);

  // Nobody looked yet: what lies under the name is taken for what it was when it was written.
  assert.equal((await backUp(source.url, await reopened())).manifest.totals.newBytes, 0);
  const damaged = await verifySnapshot(await reopened(), first.ref, silentReporter, never);
  assert.equal(damaged.intact, false);
  assert.equal(filesIn(join(directory, 'damaged')).length, 1);

  const healing = await backUp(source.url, await reopened());
  assert.ok(healing.manifest.totals.newBytes > 0);
  assert.equal(filesIn(join(directory, 'damaged')).length, 0);
  for (const { ref } of [first, healing]) assert.equal((await verifySnapshot(await reopened(), ref, silentReporter, never)).intact, true);
});

test('a mark of which nothing is true costs one object written again', async () => {
  await using source = await loadFixture(await testServer(), 'letta-0.16.2');
  await using held = await TestVault.create();
  const first = await backUp(source.url, held.vault);
  const [object = ''] = filesIn(join(held.directory, 'objects'));
  const store = openStore(held.directory);
  const mark = { size: 1, open: () => [Buffer.from('x')] };
  await store.put(`damaged/${object.split('/').at(-1)}`, mark);
  await store.put(`damaged/${'0'.repeat(64)}`, mark); // of no object
  const vault = await openVault(store, { identities: [held.identity] }, { pin: null });
  await backUp(source.url, vault);
  assert.equal((await verifySnapshot(vault, first.ref, silentReporter, never)).intact, true);
  assert.deepEqual(
    filesIn(join(held.directory, 'damaged')).map((path) => path.split('/').at(-1)),
    ['0'.repeat(64)],
  );
});
