import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FilesystemStore } from '../../src/vault/filesystem-store.ts';
import { collect } from '../../src/vault/join-chunks.ts';
import { listKeys } from '../../src/vault/key-ring.ts';
import { openVault } from '../../src/vault/open-vault.ts';
import { goldenContents, goldenIdentity, goldenManifest, goldenPassphrase } from './golden-content.ts';
import { paths } from './store-conformance.ts';

// Vaults that earlier versions made, committed and never regenerated: whatever changes, these must open and read.
for (const made of ['v1-sealed', 'v1-clear']) {
  test(`golden vault ${made} is read by this version`, async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'lifeboat-golden-'));
    t.after(() => rm(directory, { recursive: true, force: true }));
    await cp(join(import.meta.dirname, 'golden', made), directory, { recursive: true });
    const store = new FilesystemStore(directory);
    const facts = JSON.parse(await readFile(join(import.meta.dirname, 'golden', `${made}.json`), 'utf8'));
    const writerKey = facts.writerKey as string;
    const ways =
      made === 'v1-clear'
        ? [{}]
        : [{ passphrase: goldenPassphrase }, { identities: [goldenIdentity] }, { kit: facts.kit as string, passphrase: goldenPassphrase }];
    for (const credentials of ways) {
      if ('kit' in credentials) for (const path of [...(await paths(store, 'keys/')), 'vault.json']) await store.delete(path);
      else assert.equal((await listKeys(store)).length, made === 'v1-clear' ? 1 : 2);
      const vault = await openVault(store, credentials, { pin: null });
      assert.equal(vault.fingerprint, facts.fingerprint);
      const [ref] = await vault.listSnapshots();
      assert.ok(ref);
      assert.deepEqual(await vault.readManifest(ref), goldenManifest);
      for (const [kind, content] of Object.entries(goldenContents)) {
        const name = facts.names[kind] as string;
        assert.equal(vault.nameOf(content), name, 'the same content has the same name in every version');
        assert.equal(await vault.hasObject(name), true);
        assert.ok(content.bytes.equals(await collect(vault.getObject(name, content), 1e6)));
      }
    }
    if (made === 'v1-sealed') assert.match(writerKey, /lifeboat writer keys/);
  });
}
