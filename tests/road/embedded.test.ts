import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type FixtureName, loadFixture, loadFixtureEmbedded } from '../support/fixtures.ts';
import { TestDatabase, testServer } from '../support/postgres.ts';
import { backUp, restoreTo, TestVault, verifyAgainst } from './road.ts';

describe('an embedded database', () => {
  let directory: string;
  let held: TestVault;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lifeboat-embedded-'));
    held = await TestVault.create({ minimum: 4096, target: 16384, maximum: 65536 });
  });
  after(async () => {
    await rm(directory, { recursive: true, force: true });
    await held[Symbol.asyncDispose]();
  });

  for (const name of ['letta-0.11.3', 'letta-0.16.8'] satisfies FixtureName[]) {
    it(`${name}: embedded → vault → embedded and a server, with one content id everywhere`, async () => {
      const source = join(directory, name);
      await (await loadFixtureEmbedded(name, source)).close();
      const { ref, manifest } = await backUp(`pglite:${source}`, held.vault);
      const target = `pglite:${join(directory, `${name}-back`)}`;
      const restored = await restoreTo(target, held.vault, ref, { layout: { kind: 'schema', name: 'letta' } });
      assert.deepEqual([restored.comparison?.differences, restored.drift], [[], []]);
      assert.equal((await verifyAgainst(target, { vault: held.vault, ref })).home, 'letta');
      assert.equal((await backUp(target, held.vault)).manifest.contentId, manifest.contentId);

      const server = await testServer(16);
      await using database = new TestDatabase(server, `embedded_${process.pid}`);
      const onServer = await restoreTo(database.url, held.vault, ref);
      assert.equal(onServer.comparison?.equal, true);
      await using fixture = await loadFixture(server, name);
      assert.equal((await backUp(fixture.url, held.vault)).manifest.contentId, manifest.contentId);
    });
  }
});
