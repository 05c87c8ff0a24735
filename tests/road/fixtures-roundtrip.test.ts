import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { silentReporter } from '../../src/report/progress.ts';
import { verifySnapshot } from '../../src/verify/verify-snapshot.ts';
import { type FixtureName, fixtureEncryptionKey, fixtureFacts, fixtureNames, loadFixture } from '../support/fixtures.ts';
import { differences } from '../support/independent-compare.ts';
import { TestDatabase, type TestServer, testServer, testServers } from '../support/postgres.ts';
import { backUp, never, restoreTo, TestVault, verifyAgainst } from './road.ts';

/** Small cuts, so that even these databases make several segments. */
const smallCut = { minimum: 16 * 1024, target: 64 * 1024, maximum: 256 * 1024 };

/** 16.2 brings the oldest pgvector that is tested, 0.6.2. */
const oldVector = await testServer('16.2').catch(() => null);
if (oldVector === null) console.log('pgvector 0.6.2 on PostgreSQL 16.2: not run');

for (const server of [...(await testServers()), ...(oldVector ? [oldVector] : [])]) {
  for (const name of fixtureNames) describe(`${name} on PostgreSQL ${server.version}`, () => roundTrip(server, name));
}

function roundTrip(server: TestServer, name: FixtureName): void {
  let source: TestDatabase;
  let held: TestVault;
  let snapshot: Awaited<ReturnType<typeof backUp>>;
  const targets: string[] = [];
  const target = () => {
    const database = `r_${source.name}_${targets.length}`;
    targets.push(database);
    return database;
  };

  before(async () => {
    source = await loadFixture(server, name);
    held = await TestVault.create(smallCut);
    snapshot = await backUp(source.url, held.vault, { encryptionKey: fixtureEncryptionKey });
  });
  after(async () => {
    for (const database of targets) await server.dropDatabase(database);
    await source.drop();
    await held[Symbol.asyncDispose]();
  });

  it('counts what the fixture holds, and finds no drift', () => {
    const facts = fixtureFacts(name);
    assert.equal(snapshot.manifest.letta.revision, facts.alembic_version);
    assert.equal(
      snapshot.manifest.totals.rows,
      Object.values(facts.tables).reduce((sum, table) => sum + table.rows, 0),
    );
    assert.equal(snapshot.manifest.totals.agents, 18);
    assert.equal(snapshot.manifest.letta.drift, 0);
    assert.deepEqual(
      snapshot.manifest.warnings.filter((warning) => warning.partial),
      [],
    );
  });

  it('every byte of the snapshot reads back', async () => {
    const verified = await verifySnapshot(held.vault, snapshot.ref, silentReporter, never);
    assert.deepEqual(verified.findings, []);
    assert.equal(verified.rows, snapshot.manifest.totals.rows);
  });

  it('comes back equal in the same layout, by Lifeboat and by a comparison that shares no code with it', async () => {
    const database = target();
    const restored = await restoreTo(server.url(database), held.vault, snapshot.ref);
    assert.deepEqual(restored.comparison?.differences, []);
    assert.deepEqual(restored.drift, []);
    assert.deepEqual(await differences(source, new TestDatabase(server, database)), []);
    assert.deepEqual((await verifyAgainst(server.url(database), { vault: held.vault, ref: snapshot.ref })).comparison?.differences, []);
  });

  it('comes back equal in the other layout', async () => {
    const database = target();
    const layout =
      snapshot.manifest.source.layout === 'public' ? ({ kind: 'schema', name: 'letta' } as const) : ({ kind: 'public' } as const);
    const restored = await restoreTo(server.url(database), held.vault, snapshot.ref, { layout });
    assert.equal(restored.comparison?.equal, true);
    const [path] = await server.query<{ schema: string }>('select current_schema() as schema', [], database);
    assert.equal(path?.schema, layout.kind === 'schema' ? 'letta' : 'public');
    const again = await backUp(server.url(database), held.vault);
    assert.equal(again.manifest.contentId, snapshot.manifest.contentId);
  });

  it('a second backup of the same rows stores nothing new but its manifest', async () => {
    const again = await backUp(source.url, held.vault, { encryptionKey: fixtureEncryptionKey });
    assert.equal(again.manifest.contentId, snapshot.manifest.contentId);
    assert.equal(again.manifest.totals.newBytes, 0);
    assert.equal(again.manifest.parent, held ? (await held.vault.listSnapshots()).at(-2)?.id : null);
  });
}
