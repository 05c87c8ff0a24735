import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { drillOutcome } from '../../src/cli/drill-outcome.ts';
import { drill } from '../../src/drill/drill.ts';
import { embeddedLimit, embeddedPlan, largestEmbedded } from '../../src/drill/embedded-throwaway.ts';
import { choosePostgres, findPostgres } from '../../src/drill/find-postgres.ts';
import { localPlan } from '../../src/drill/local-throwaway.ts';
import { programAccount } from '../../src/drill/run-program.ts';
import { serverPlan } from '../../src/drill/server-throwaway.ts';
import type { Session } from '../../src/postgres/database.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { manifestHash } from '../../src/vault/manifest-hash.ts';
import { backUp, never, TestVault } from '../road/road.ts';
import { fixtureFacts, loadFixture } from '../support/fixtures.ts';
import { type PrivateServer, privateServer, testServer } from '../support/postgres.ts';
import { withChanges } from '../switch/stage.ts';
import { DrillStage } from './stage.ts';

let server: PrivateServer;
let stage: DrillStage;

describe('a drill', () => {
  before(async () => {
    server = await privateServer();
    stage = await DrillStage.set('letta-0.16.8', 'letta-0.11.3');
  });
  after(async () => {
    await stage[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it('embedded, of one snapshot: proven, kept in the vault, and nothing is left', async () => {
    const [ref] = stage.refs;
    const begun = Date.now();
    const { code, last, lines, stdout } = await stage.run([ref?.id ?? '', '--on', 'embedded']);
    assert.deepEqual([code, last.type, last.outcome, last.equal, last.snapshot], [3, 'summary', 'proven', true, ref?.id], stdout);
    assert.deepEqual(stage.left(), []);
    const proof = (await stage.proofs()).at(-1);
    assert.equal(proof?.id, last.proof);
    assert.equal(proof?.snapshot.manifestHash, await manifestHash(stage.held.vault.store, ref!));
    assert.deepEqual([proof?.target.kind, proof?.target.release, proof?.source.release], ['embedded', '0.16.8', '0.16.8']);
    assert.equal(proof?.rows, fixtureFacts('letta-0.16.8').total_rows);
    assert.deepEqual([proof?.selfTest?.planted.length, proof?.selfTest?.passed, proof?.selfTest?.undone], [3, true, true]);
    const phases = proof?.phases ?? [];
    assert.deepEqual(
      phases.map(({ name }) => name),
      ['start', 'plan', 'create', 'load', 'index', 'finish', 'prove', 'self-test', 'checks', 'agents', 'remove'],
    );
    const recovery = phases.filter((phase) => phase.recovery);
    assert.deepEqual(
      recovery.map(({ name }) => name),
      ['plan', 'create', 'load', 'index', 'finish', 'prove'],
    );
    const sum = recovery.reduce((total, { seconds }) => total + seconds, 0);
    assert.ok(Math.abs((proof?.recoveryTime ?? 0) - sum) < 0.01);
    const started = Date.parse(proof?.started ?? '');
    assert.ok(started >= begun && started <= Date.parse(proof?.time ?? '') && Date.parse(proof?.time ?? '') <= Date.now(), proof?.started);
    assert.equal(proof?.dataAge, (started - Date.parse((await stage.held.vault.readManifest(ref!)).time)) / 1000);
    assert.equal(last.dataAge, proof?.dataAge);
    assert.deepEqual(
      proof?.queries.map(({ name }) => name),
      ['agents-list', 'message-page', 'context-window', 'memory-blocks', 'tools', 'vector-search'],
    );
    for (const { name, milliseconds, rows } of proof?.queries ?? [])
      assert.ok(milliseconds > 0 && rows > 0, `${name} ${milliseconds} ${rows}`);
    assert.deepEqual(last.queries, proof?.queries);
    // The fixtures hold real damage on purpose: a proven restore of them is no reason for exit code 0.
    assert.ok(proof?.findings.some(({ code }) => code === 'name-not-exportable'));
    assert.equal(lines.filter(({ type }) => type === 'agent-drilled').length, 18);
  });

  it('on a server of its own, to 0.16.8: agents and losses as the upgrade has them', async () => {
    const { code, last, lines, stdout } = await stage.run(['--on', 'local', '--postgres', server.binDir, '--release', '0.16.8']);
    assert.deepEqual([code, last.outcome, last.equal, last.agentsEqual], [3, 'proven', true, 18], stdout);
    assert.deepEqual(stage.left(), []);
    const proof = (await stage.proofs()).at(-1);
    assert.deepEqual(
      [proof?.target.kind, proof?.target.postgres, proof?.target.pgvector, proof?.source.release, proof?.target.release],
      ['local', server.version, server.pgvector, '0.11.3', '0.16.8'],
    );
    assert.ok((last.setAside as unknown[]).length > 0);
    const memo = lines.find((line) => line.type === 'agent-drilled' && line.name === 'research_assistant');
    assert.ok(Number(memo?.messages) > 10 && Number(memo?.inContext) > 0 && Number(memo?.passages) > 0 && Number(memo?.tools) > 0, stdout);
  });

  it('all snapshots on a server: one proof and one line each, and one summary', async () => {
    const before = await server.databases();
    const kept = (await stage.proofs()).length;
    const { code, last, lines, stdout } = await stage.run(['--all', '--on', server.url()]);
    assert.deepEqual([code, last.drills, last.proven, last.failed, last.equal], [3, 2, 2, [], true], stdout);
    assert.deepEqual(
      lines.filter(({ type }) => type === 'drill').map(({ snapshot }) => snapshot),
      stage.refs.map(({ id }) => id),
    );
    assert.equal((await stage.proofs()).length, kept + 2);
    assert.deepEqual([await server.databases(), stage.left()], [before, []]);
  });

  it('a sample of one is the newest snapshot, and no number is a wrong word', async () => {
    const kept = (await stage.proofs()).length;
    const { code, last, lines, stdout } = await stage.run(['--sample', '1', '--on', server.url()]);
    assert.deepEqual([code, last.drills, last.proven, last.failed], [3, 1, 1, []], stdout);
    const drilled = lines.filter(({ type }) => type === 'drill');
    assert.deepEqual(
      drilled.map(({ snapshot }) => snapshot),
      [stage.ref.id],
    );
    const proofs = await stage.proofs();
    assert.deepEqual([proofs.length, proofs.at(-1)?.snapshot.id], [kept + 1, stage.ref.id]);
    for (const wrong of ['0', '-1', '1.5', 'all'])
      assert.equal((await stage.run([`--sample=${wrong}`, '--on', server.url()])).code, 2, wrong);
    assert.equal((await stage.proofs()).length, kept + 1);
  });

  /** A vault with a snapshot of a fixture of which only these tables have rows. */
  async function stageOf(...kept: string[]): Promise<DrillStage> {
    const database = await loadFixture(await testServer(), 'letta-0.16.8');
    const tables = await database.query<{ name: string }>(
      `select quote_ident(relname) as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname != all($1)`,
      [[...kept, 'alembic_version']],
    );
    await database.query(`truncate ${tables.map(({ name }) => name).join(', ')}; select setval('message_seq_id', 1, false)`);
    const clean = await DrillStage.set();
    await backUp(database.url, clean.held.vault);
    await database.drop();
    return clean;
  }

  it('a snapshot in which nothing is found is exit code 0', async () => {
    await using clean = await stageOf('organizations', 'users', 'providers');
    const { code, last, stdout } = await clean.run(['--on', server.url()]);
    assert.deepEqual([code, last.outcome, last.findings, last.warnings], [0, 'proven', [], []], stdout);
  });

  it('with few rows fewer values are changed, and that is said: 3', async () => {
    await using clean = await stageOf('organizations', 'users');
    const { code, last, stdout } = await clean.run(['--on', server.url()]);
    assert.deepEqual([code, last.outcome, last.findings], [3, 'proven', []], stdout);
    const selfTest = last.selfTest as { planted: { table: string }[]; passed: boolean };
    assert.deepEqual([selfTest.planted.map(({ table }) => table).sort(), selfTest.passed], [['organizations', 'users'], true]);
    assert.deepEqual(
      (last.warnings as { code: string; partial: boolean }[]).map(({ code: name, partial }) => [name, partial]),
      [['self-test-small', true]],
    );
    const text = await clean.run(['--on', server.url()], { json: false });
    assert.match(
      text.stdout,
      /2 values changed on purpose \(.+\): found in exactly these tables, and put back; no more tables have rows to change/,
    );
  });

  it('what a server could not be seen to do is in the proof', async () => {
    const warning = { code: 'server-attempts-unseen', message: 'some', partial: true };
    const proof = await drill(
      stage.options(embeddedPlan(), {
        bootServer: async ({ reporter }) => {
          reporter.warning(warning);
          return { version: '0.16.8', secondsToFirstAnswer: 1, compared: [], network: null };
        },
      }),
    );
    assert.equal(proof.outcome, 'proven', proof.failure?.message);
    assert.deepEqual(
      proof.warnings.filter(({ code }) => code === warning.code),
      [warning],
    );
    assert.equal(drillOutcome([{ ref: stage.ref, proof: { ...proof, findings: [], losses: [], warnings: [warning] } }]).exit, 3);
  });

  it('on the very server that was backed up: proven, and that it shows less is said before and after, with exit code 3', async () => {
    const database = await loadFixture(await testServer(), 'letta-0.16.8');
    await database.query('truncate organizations cascade');
    await using near = await DrillStage.set();
    await backUp(database.url, near.held.vault);
    const { code, last, lines, stdout } = await near.run(['--on', database.url]);
    await database.drop();
    const warnings = last.warnings as { code: string; partial: boolean }[];
    assert.deepEqual([code, last.outcome], [3, 'proven'], stdout);
    assert.deepEqual(
      warnings.filter(({ code: name }) => name === 'same-server').map(({ partial }) => partial),
      [true],
    );
    assert.match(JSON.stringify(lines.find(({ type }) => type === 'plan')), /does not show a recovery without that server/);
    assert.ok((await near.proofs()).at(-1)?.warnings.some(({ code: name }) => name === 'same-server'));
  });

  it('a damaged snapshot fails the drill: exit code 4, and the failure is kept', async () => {
    await using damaged = await DrillStage.set('letta-0.16.8');
    const objects = join(damaged.held.directory, 'objects');
    const largest = readdirSync(objects, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted((a, b) => statSync(a).size - statSync(b).size)
      .at(-1);
    const bytes = readFileSync(largest ?? '');
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    writeFileSync(largest ?? '', bytes);
    const { code, last, stdout } = await damaged.run(['--on', server.url()]);
    assert.deepEqual([code, last.outcome, last.equal], [4, 'failed', false], stdout);
    const proof = (await damaged.proofs()).at(-1);
    assert.deepEqual([proof?.outcome, proof?.failure?.code, proof?.recoveryTime], ['failed', 'object-damaged', null]);
    assert.deepEqual(damaged.left(), []);
  });

  it('a restored database that is not equal fails the drill, and whose rows differ is said', async () => {
    const neighbour = openDatabase(server.url());
    const place = serverPlan(neighbour, null);
    const memo = fixtureFacts('letta-0.16.8').agent_keys.memo ?? '';
    // Between loading and proving, somebody writes.
    const meddled = (session: Session): Session =>
      withChanges(session, {
        async query(sql, values) {
          if (sql.includes('order by pg_table_size(c.oid) desc'))
            await session.query(`update messages set text = '~' where agent_id = $1`, [memo]);
          return await session.query(sql, values);
        },
      });
    const proof = await drill(
      stage.options(
        {
          ...place,
          async make(snapshot, signal) {
            const made = await place.make(snapshot, signal);
            return { ...made, database: withChanges(made.database, { connect: async () => meddled(await made.database.connect()) }) };
          },
        },
        { ref: stage.refs[0]! },
      ),
    );
    await neighbour.close();
    assert.deepEqual([proof.outcome, proof.failure?.code, proof.recoveryTime, proof.selfTest], ['failed', 'not-equal', null, null]);
    assert.deepEqual(
      proof.equality?.differences.map(({ table }) => table),
      ['messages'],
    );
    assert.deepEqual(
      proof.agents.filter(({ equal }) => !equal).map(({ id }) => id),
      [memo],
    );
    assert.ok(proof.checks.length > 0);
  });

  it('a place that does not fit is an error, and no proof', async () => {
    const kept = (await stage.proofs()).length;
    const { code, last } = await stage.run(['--on', 'pglite:./somewhere']);
    assert.deepEqual([code, last.code], [2, 'drill-not-a-server']);
    const unknown = await stage.run(['--release', '0.0.1']);
    assert.deepEqual([unknown.code, unknown.last.code], [15, 'release-unknown']);
    const both = await stage.run([stage.ref.id, '--all']);
    assert.deepEqual([both.code, both.last.code], [2, 'usage']);
    const none = await stage.run(['--postgres', '/usr/bin', '--on', 'local']);
    assert.deepEqual([none.code, none.last.code], [14, 'drill-no-postgres'], none.stdout);
    assert.equal((await stage.proofs()).length, kept);
    assert.deepEqual(stage.left(), []);
  });
});

describe('where a drill takes place', () => {
  it('embedded is for what fits, where there is memory for the engine', async () => {
    assert.equal(largestEmbedded(2 ** 40), embeddedLimit);
    assert.equal(largestEmbedded(2 ** 20), 0);
    await using held = await TestVault.create();
    const database = await loadFixture(await testServer(), 'letta-0.16.2');
    const { manifest } = await backUp(database.url, held.vault);
    await database.drop();
    const large = { ...manifest, totals: { ...manifest.totals, bytes: embeddedLimit + 1 } };
    await assert.rejects(embeddedPlan().make(large, never), { code: 'drill-too-large' });
  });

  it('the snapshot’s own version of PostgreSQL is chosen, else the newest', () => {
    const of = (major: number) => ({ directory: `/${major}`, version: `${major}.1`, major, pgvector: '0.8.0' });
    const there = [of(16), of(18), of(15)];
    assert.equal(choosePostgres(there, '15.7')?.major, 15);
    assert.equal(choosePostgres(there, '17.2')?.major, 18);
    assert.equal(choosePostgres([], '15.7'), null);
  });

  it('programs are found in PATH and asked for version and pgvector; others are named with the reason', async () => {
    const { binDir, version, pgvector, major } = await testServer();
    const account = (await programAccount()) ?? undefined;
    const { fit } = await findPostgres({ account, environment: { PATH: `/nowhere:${binDir}` } });
    assert.deepEqual(fit[0], { directory: binDir, version, major, pgvector });
    const { fit: none, unfit } = await findPostgres({ account, environment: {}, given: ['/usr/share'] });
    assert.deepEqual([none.length, unfit.length], [0, 1]);
    const search = await localPlan({ directory: '/usr/share', environment: {} });
    assert.ok(search.plan === null && search.why.startsWith('/usr/share: '), JSON.stringify(search));
  });
});
