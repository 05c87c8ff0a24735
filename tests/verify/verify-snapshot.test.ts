import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { silentReporter } from '../../src/report/progress.ts';
import { readTables } from '../../src/vault/table-content.ts';
import { verifySnapshot } from '../../src/verify/verify-snapshot.ts';
import { backUp, never, TestVault } from '../road/road.ts';
import { loadFixture } from '../support/fixtures.ts';
import { testServer } from '../support/postgres.ts';

it('reads the store anew each time: what was lost since the last look is found through the same open vault', async () => {
  await using source = await loadFixture(await testServer(), 'letta-0.11.3');
  await using held = await TestVault.create();
  const { ref, manifest } = await backUp(source.url, held.vault);
  assert.equal((await verifySnapshot(held.vault, ref, silentReporter, never)).intact, true);
  const bundle =
    (await readTables(held.vault, manifest)).flatMap((table) => (table.content.kind === 'bundle' ? [table.content.object] : [])).at(-1) ??
    '';
  await rm(join(held.directory, 'objects', bundle.slice(0, 2), bundle));
  const again = await verifySnapshot(held.vault, ref, silentReporter, never);
  assert.equal(again.intact, false);
  assert.ok(again.findings.some((finding) => finding.object === bundle && finding.code === 'object-missing'));
});
