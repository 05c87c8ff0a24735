import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Proof } from '../../src/drill/proof.ts';
import { FilesystemStore } from '../../src/vault/filesystem-store.ts';
import { manifestHash } from '../../src/vault/manifest-hash.ts';
import { openVault } from '../../src/vault/open-vault.ts';
import type { OpenedVault } from '../../src/vault/opened-vault.ts';
import type { SnapshotRef } from '../../src/vault/vault.ts';
import { failedProof, sampleProof } from '../drill/proofs.ts';
import { monitor } from '../report/monitor.ts';
import { loadFixtureEmbedded } from '../support/fixtures.ts';
import { lifeboat, type ProgramOptions } from '../support/program.ts';
import { readPrometheus } from './read-prometheus.ts';

/** What the program says of proofs that lie in a real vault: status, list, show, metrics, and what it tells a monitor. */
describe('proven', () => {
  let directory: string;
  let database: string;
  let vault: OpenedVault;
  let env: Record<string, string>;
  const run = (args: string[], options: ProgramOptions = {}) => lifeboat(args, { ...options, env: { ...env, ...options.env } });
  const words = (...args: string[]) => run(args, { json: false });
  const ago = (hours: number) => new Date(Date.now() - hours * 3600_000).toISOString();

  /** A proof of a snapshot of this vault, as a drill would keep it. */
  const keep = async (proof: Proof, ref: SnapshotRef, id: string, time: string) => {
    const { source, contentId } = await vault.readManifest(ref);
    const snapshot = {
      id: ref.id,
      file: ref.file,
      contentId,
      manifestHash: await manifestHash(vault.store, ref),
      time: ref.time.toISOString(),
    };
    const { systemIdentifier, database: name } = source;
    const kept: Proof = { ...proof, id, time, snapshot, source: { ...proof.source, systemIdentifier, database: name } };
    await vault.putRecord('proof', kept);
  };

  /** A newer snapshot of the same content, without the time that a backup takes. */
  const backUpAgain = async () => {
    const newest = await vault.readManifest((await vault.listSnapshots()).at(-1) as SnapshotRef);
    const id = newest.id.replace(/^./, (digit) => ((Number.parseInt(digit, 16) + 1) % 16).toString(16));
    await vault.commitManifest({ ...newest, id, sequence: newest.sequence + 1, time: new Date().toISOString() });
  };

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lifeboat-proven-'));
    database = `pglite:${join(directory, 'letta')}`;
    await (await loadFixtureEmbedded('letta-0.16.2', join(directory, 'letta'))).close();
    env = {
      LIFEBOAT_VAULT: join(directory, 'vault'),
      LIFEBOAT_PASSPHRASE: 'pass',
      LIFEBOAT_STATE_DIR: directory,
      LIFEBOAT_SCRYPT_LOG_N: '10',
    };
    await run(['init']);
    await run(['backup', database]);
    vault = await openVault(new FilesystemStore(join(directory, 'vault')), { passphrase: 'pass' }, { pin: null });
  });
  after(() => rm(directory, { recursive: true, force: true }));

  it('before any drill: never, and the command that changes it', async () => {
    const { code, stdout } = await words('status');
    assert.equal(code, 3);
    assert.match(stdout, /^last proven restore: never\n/);
    assert.match(stdout, /lifeboat drill [0-9a-f]{16} --vault/);
  });

  it('after one: when, on what, which releases, which snapshot, how long; list and show say it too', async () => {
    const [ref] = await vault.listSnapshots();
    await keep(sampleProof(), ref as SnapshotRef, 'aaaaaaaaaaaaaaa1', ago(3));
    const { code, stdout } = await words('status');
    assert.match(
      stdout,
      /^last proven restore: 3 h 00 min ago, on PostgreSQL 17\.5, 0\.16\.2 → 0\.16\.8, snapshot [0-9a-f]{16}, took 8\.8 s, with 2 set aside\n/,
    );
    assert.equal(code, 0, stdout);
    const { last } = await run(['status']);
    assert.deepEqual([last.provenState, last.backupsSinceProven, last.proofs], ['proven', 0, 1]);
    const proven = last.lastProven as Record<string, unknown>;
    assert.deepEqual([proven.proof, proven.snapshot, proven.recoverySeconds], ['aaaaaaaaaaaaaaa1', ref?.id, 8.84]);
    const [listed] = (await run(['list'])).lines;
    assert.deepEqual([(listed?.proven as { proof: string } | undefined)?.proof, listed?.drillFailed], ['aaaaaaaaaaaaaaa1', null]);
    assert.match((await words('show', 'latest')).stdout, /proven +20\d\d-/);
  });

  it('a newer backup: which one is proven, and how many came since', async () => {
    await backUpAgain();
    const { code, stdout } = await words('status', database);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /\n {2}state +proven \([^)]+\)\n {2}since +1 newer backup: the proven one was taken /);
    const [first, second] = (await run(['list'])).lines;
    assert.deepEqual([first?.proven !== null, second?.proven], [true, null]);
    const stale = await run(['status', '--max-proof-age', '2h']);
    assert.deepEqual([stale.code, stale.last.provenState], [3, 'stale']);
    assert.deepEqual(
      [(await run(['status'], { env: { LIFEBOAT_MAX_PROOF_AGE: 'off' } })).code, (await run(['status', '--max-backup-age', 'soon'])).code],
      [0, 2],
    );
  });

  it('metrics: text that a parser takes, nothing else on stdout, the exit code of status', async () => {
    const { code, stdout, stderr } = await words('status', '--metrics', '--max-proof-age', '2h');
    assert.deepEqual([code, stderr], [3, '']);
    const read = readPrometheus(stdout);
    const value = (name: string, labels: Record<string, string> = {}) =>
      read.find((sample) => sample.name === name && Object.entries(labels).every(([label, text]) => sample.labels[label] === text))?.value;
    assert.equal(value('lifeboat_proof_state', { state: 'stale' }), 1);
    assert.equal(value('lifeboat_proof_state', { state: 'proven' }), 0);
    assert.equal(value('lifeboat_last_drill_success'), 1);
    assert.equal(value('lifeboat_recovery_time_seconds'), 8.84);
    assert.equal(value('lifeboat_snapshots'), 2);
    assert.equal(value('lifeboat_backups_since_proof'), 1);
    assert.equal(value('lifeboat_status_exit_code'), 3);
    assert.ok(
      Math.abs((value('lifeboat_last_proven_restore_timestamp_seconds', { release: '0.16.8' }) ?? 0) - Date.now() / 1000 + 3 * 3600) < 60,
    );
    assert.ok(Math.abs((value('lifeboat_last_backup_timestamp_seconds', { release: '0.16.2' }) ?? 0) - Date.now() / 1000) < 600);
    assert.ok(!stdout.includes(directory));
  });

  it('a failed drill: 4, and a newer backup does not hide it', async () => {
    const [ref] = await vault.listSnapshots();
    await keep(failedProof(), ref as SnapshotRef, 'aaaaaaaaaaaaaaa2', ago(1));
    await backUpAgain();
    const { code, stdout } = await words('status');
    assert.equal(code, 4);
    assert.match(stdout, /^the newest drill failed 1 h 00 min ago \(snapshot [0-9a-f]{16}\)\n {2}last proven {2}3 h 00 min ago, /);
    const [listed] = (await run(['list'])).lines;
    assert.deepEqual([listed?.proven, (listed?.drillFailed as { proof: string } | undefined)?.proof], [null, 'aaaaaaaaaaaaaaa2']);
    assert.match((await words('list')).stdout, /DRILL FAILED/);
  });

  it('only a newer drill that went well does; the snapshot that failed stays named until it is drilled again', async () => {
    const ref = (await vault.listSnapshots()).at(-1) as SnapshotRef;
    const [first] = await vault.listSnapshots();
    await keep(sampleProof(), ref, 'aaaaaaaaaaaaaaa4', ago(0.9));
    const named = await run(['status']);
    assert.deepEqual([named.code, named.last.provenState, named.last.failedSnapshots], [3, 'proven', [first?.id]]);
    await keep(sampleProof(), first as SnapshotRef, 'aaaaaaaaaaaaaaa5', ago(0.8));
    await keep(sampleProof(), ref, 'aaaaaaaaaaaaaaa3', ago(0.5));
    const { code, last } = await run(['status']);
    assert.deepEqual([code, last.provenState, last.backupsSinceProven], [0, 'proven', 0]);
  });

  it('a proof that was altered, or signed by nobody here, is shown and counts for nothing: 13', async () => {
    for (const alter of [(bytes: Buffer) => bytes.subarray(0, 200), (bytes: Buffer) => Buffer.from(bytes).fill(0x41, 300, 310)]) {
      const copy = join(directory, 'altered');
      await cp(join(directory, 'vault'), copy, { recursive: true });
      const newest = (await readdir(join(copy, 'proofs'))).sort().at(-1) ?? '';
      const file = join(copy, 'proofs', newest);
      await writeFile(file, alter(await readFile(file)));
      const { code, last } = await run(['status'], { env: { LIFEBOAT_VAULT: copy } });
      assert.deepEqual([code, (last.lastProven as { proof: string }).proof], [13, 'aaaaaaaaaaaaaaa5']);
      assert.deepEqual(last.damagedProofs, ['aaaaaaaaaaaaaaa3']);
      await rm(copy, { recursive: true });
    }
  });

  it('a manifest that was replaced by another one that says the same is not the proven one', async () => {
    const copy = join(directory, 'replaced');
    await cp(join(directory, 'vault'), copy, { recursive: true });
    const other = await openVault(new FilesystemStore(copy), { passphrase: 'pass' }, { pin: null });
    const ref = (await other.listSnapshots()).at(-1) as SnapshotRef;
    const manifest = await other.readManifest(ref);
    await rm(join(copy, 'snapshots', ref.file));
    await other.commitManifest(manifest);
    const { code, last } = await run(['status'], { env: { LIFEBOAT_VAULT: copy } });
    assert.equal(code, 3);
    assert.deepEqual(
      (last.warnings as { code: string }[]).map((warning) => warning.code),
      ['proof-snapshot-differs', 'proof-snapshot-differs'],
    );
    assert.equal((last.lastProven as { proof: string }).proof, 'aaaaaaaaaaaaaaa5');
  });

  it('--ping: told at the start and at the end, by the exit code; its address is nowhere', async () => {
    await using seen = await monitor();
    const secret = '5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278';
    const good = await run(['status', '--verbose'], { env: { LIFEBOAT_PING: `${seen.url}/${secret}` }, json: false });
    assert.equal(good.code, 0);
    const bad = await run(['status', '--max-proof-age', '1min', '--ping', `${seen.url}/${secret}`]);
    assert.equal(bad.code, 3);
    const broken = await run(['verify', 'ffff', '--ping', `${seen.url}/${secret}`]);
    assert.equal(broken.last.code, 'no-such-snapshot');
    assert.deepEqual(
      seen.told.map(({ path }) => path.slice(secret.length + 1)),
      ['/start', '', '/start', '/fail', '/start', '/fail'],
    );
    assert.match(seen.told[1]?.body ?? '', /^lifeboat status: exit code 0\nlast proven restore: /);
    assert.match(seen.told[3]?.body ?? '', /^lifeboat status: exit code 3\n[\s\S]*proof-stale/);
    assert.match(seen.told[5]?.body ?? '', /^lifeboat verify: exit code 2\n[\s\S]*ffff/);
    for (const { stdout, stderr } of [good, bad, broken]) assert.ok(!(stdout + stderr).includes(secret));
  });

  it('--ping: a monitor that is not there changes a line on stderr, and nothing else', async () => {
    const gone = await monitor();
    await gone[Symbol.asyncDispose]();
    const { code, last, stderr } = await run(['status', '--ping', `${gone.url}/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278`]);
    assert.deepEqual([code, last.type], [0, 'summary']);
    assert.equal(stderr, 'warning: The monitor of --ping was not told how it ended: ECONNREFUSED. (ping-failed)\n');
    const refused = await run(['status', '--ping', 'file:///etc/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278']);
    assert.deepEqual([refused.code, refused.last.code], [2, 'usage']);
    assert.ok(!refused.stdout.includes('5bf66975'));
  });

  it('--ping: a command line that is wrong is told, where its verb is one that tells', async () => {
    await using seen = await monitor();
    const ping = { LIFEBOAT_PING: `${seen.url}/check` };
    const wrong = await run(['status', '--no-such-flag'], { env: ping, json: false });
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /no-such-flag/);
    await run(['status', '--max-proof-age', 'tomorrow', '--ping', `${seen.url}/given`]);
    // A value behind a word that is not known may be a secret.
    const secret = await run(['status', '--passphrase=hunter2', `--ping=${seen.url}/last`], { env: ping, json: false });
    const stray = await run(['status', 'DB', 'hunter2', '--ping', `${seen.url}/last`], { json: false });
    assert.ok(![secret, stray].some(({ stdout, stderr }) => (stdout + stderr).includes('hunter2')));
    for (const words of [['list', '--no-such-flag'], ['statsu'], ['status', '--no-such-flag', '--ping', 'file:///etc']])
      await run(words, { env: ping });
    assert.deepEqual(
      seen.told.map(({ path }) => path),
      ['/check/start', '/check/fail', '/given/start', '/given/fail', '/last/start', '/last/fail', '/last/start', '/last/fail'],
    );
    assert.ok(!seen.told.some(({ body }) => body.includes('hunter2')));
    assert.match(seen.told[1]?.body ?? '', /^lifeboat status: exit code 2\n[\s\S]*no-such-flag/);
  });

  it('--ping: Ctrl-C is told too', async () => {
    // A server that takes connections and never says a word: the backup hangs until it is stopped.
    const held: Socket[] = [];
    const mute = createServer((socket) => void held.push(socket.on('error', () => {})));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as { port: number };
    let stop = () => {};
    await using seen = await monitor(({ path }, response) => {
      response.end('OK');
      if (path.endsWith('/start')) setTimeout(() => stop(), 500);
    });
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, '../../bin/lifeboat.mjs'), 'backup', `postgresql://me@127.0.0.1:${port}/letta`],
      {
        stdio: 'ignore',
        env: { ...process.env, ...env, LIFEBOAT_PING: `${seen.url}/check` },
      },
    );
    stop = () => {
      child.kill('SIGINT');
      // Nobody waits for a connection longer than it lasts.
      setTimeout(() => held.map((socket) => socket.destroy()), 300);
    };
    const code = await new Promise((resolve) => child.once('exit', resolve));
    mute.close();
    assert.equal(code, 130);
    assert.deepEqual(
      seen.told.map(({ path }) => path),
      ['/check/start', '/check/fail'],
    );
    assert.match(seen.told[1]?.body ?? '', /^lifeboat backup: exit code 130\n[\s\S]*interrupted/);
  });

  it('a real drill is what status leads with, and its page is written', async () => {
    const page = join(directory, 'drill.html');
    const unknown = await run(['drill', '--report', join(directory, 'drill.pdf')]);
    assert.deepEqual([unknown.code, unknown.last.code], [2, 'usage']);
    const drilled = await run(['drill', 'latest', '--on', 'embedded', '--report', page]);
    assert.ok([0, 3].includes(drilled.code ?? -1), drilled.stdout);
    const ref = (await vault.listSnapshots()).at(-1) as SnapshotRef;
    assert.match(await readFile(page, 'utf8'), new RegExp(`✓ Proven[\\s\\S]*${ref.id}[\\s\\S]*18 of 18[\\s\\S]*thoth_main_orchestrator`));
    const { code, last } = await run(['status']);
    const proven = last.lastProven as { snapshot: string; on: string; ageSeconds: number };
    assert.deepEqual([code, last.provenState, proven.snapshot, proven.on], [0, 'proven', ref.id, 'embedded']);
    assert.ok(proven.ageSeconds < 60);
    assert.deepEqual([(await run(['drill', '--report', page])).last.code], ['file-unwritable']);
  });
});
