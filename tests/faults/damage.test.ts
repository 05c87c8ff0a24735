import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { LifeboatError } from '../../src/report/errors.ts';
import { silentReporter } from '../../src/report/progress.ts';
import { createVault } from '../../src/vault/create-vault.ts';
import { openStore } from '../../src/vault/open-store.ts';
import { openVault } from '../../src/vault/open-vault.ts';
import { verifySnapshot } from '../../src/verify/verify-snapshot.ts';
import { backUp, never } from '../road/road.ts';
import { loadFixture } from '../support/fixtures.ts';
import { testServer } from '../support/postgres.ts';

/** Small cuts, so that the little database fills pages and segments as well as bundles. */
const cut = { minimum: 32_768, target: 131_072, maximum: 524_288 };

/** A repeatable random number below `below` (mulberry32). */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** The content of a clear object: a zstd frame behind a skippable one, which says its length. */
function decompressed(object: Buffer): Buffer {
  return zstdDecompressSync(object.subarray(8 + object.readUInt32LE(4)));
}

for (const sealed of [true, false]) {
  describe(`a byte of a ${sealed ? 'sealed' : 'clear'} vault that is not what it was`, () => {
    let directory: string;
    let identity: string;
    let files: string[];

    before(async () => {
      await using source = await loadFixture(await testServer(16), 'letta-0.11.3');
      directory = await mkdtemp(join(tmpdir(), 'lifeboat-damage-'));
      identity = await generateIdentity();
      const store = openStore(join(directory, 'vault'));
      await createVault(store, { pin: null, cut, ...(sealed ? { recipients: [await identityToRecipient(identity)] } : { sealed: false }) });
      await backUp(source.url, await openVault(store, { identities: [identity] }, { pin: null }));
      const entries = await readdir(join(directory, 'vault'), { recursive: true, withFileTypes: true });
      files = entries
        .filter((entry) => entry.isFile())
        .map((entry) => relative(join(directory, 'vault'), join(entry.parentPath, entry.name)));
      files.sort();
      // What a clear vault's key file says is bound by nothing but its own use: a cut seed that changed only makes other cuts.
      if (!sealed) files = files.filter((file) => !file.startsWith('keys/'));
      assert.equal(await verdict(), 'intact');
    });
    after(() => rm(directory, { recursive: true, force: true }));

    /** What a person would be told: `intact`, the codes of the findings with their places, or the code of the error. */
    async function verdict(): Promise<string> {
      try {
        const vault = await openVault(openStore(join(directory, 'vault')), { identities: [identity] }, { pin: null });
        const snapshots = await vault.listSnapshots();
        if (snapshots.length !== 1) return `${snapshots.length} snapshots`;
        const verified = await verifySnapshot(vault, snapshots[0]!, silentReporter, never);
        return verified.intact ? 'intact' : verified.findings.map(({ code, where, object }) => `${code}: ${where} ${object}`).join('; ');
      } catch (error) {
        if (error instanceof LifeboatError) return `${error.code}: ${error.message}`;
        throw new Error(`not a registered error: ${String(error)}`, { cause: error });
      }
    }

    /** Changes a file, asks for the verdict, puts it back. */
    async function damaged(file: string, damage: (path: string, bytes: Buffer) => Promise<void>): Promise<string> {
      const path = join(directory, 'vault', file);
      const bytes = await readFile(path);
      try {
        await damage(path, Buffer.from(bytes));
        return await verdict();
      } finally {
        await writeFile(path, bytes);
      }
    }

    it('is found wherever it is: objects, snapshots, keys, vault.json', async () => {
      assert.ok(files.filter((file) => file.startsWith('objects/')).length >= 5, files.join());
      const random = seeded(20_261_121);
      const [missed, unnamed]: [string[], string[]] = [[], []];
      let flips = 0;
      let ignored = 0;
      for (const file of files) {
        const { length } = await readFile(join(directory, 'vault', file));
        const plain = file === 'vault.json';
        const sampled = [0, 1, length >> 1, length - 2, length - 1, random(length), random(Math.min(length, 300))];
        const positions = plain ? Array.from({ length: Math.ceil(length / 11) }, (_, at) => at * 11) : [...new Set(sampled)];
        for (const at of positions) {
          const bit = 1 << random(8);
          const found = await damaged(file, async (path, bytes) => {
            bytes[at] = (bytes[at] ?? 0) ^ bit;
            await writeFile(path, bytes);
          });
          flips++;
          if (found === 'intact') {
            // zstd ignores a bit of its own header. Sealing covers it; in a clear vault the content must be the same then.
            const bytes = await readFile(join(directory, 'vault', file));
            const flipped = Buffer.from(bytes);
            flipped[at] = (flipped[at] ?? 0) ^ bit;
            if (sealed || plain || !decompressed(flipped).equals(decompressed(bytes)))
              missed.push(`${file} byte ${at} of ${length}, bit ${bit}`);
            else ignored++;
          } else if (file.startsWith('objects/') && !found.includes(file.split('/').at(-1) ?? ''))
            unnamed.push(`${file} byte ${at}: ${found}`);
        }
      }
      assert.deepEqual({ missed, unnamed }, { missed: [], unnamed: [] }, `of ${flips}`);
      assert.ok(flips > 100);
      assert.ok(ignored <= 10, `${ignored} flips that zstd ignores`);
      assert.equal(await verdict(), 'intact');
    });

    it('is found when a file is cut off, emptied, longer than it was, gone, or another one’s', async () => {
      const [missed, unnamed]: [string[], string[]] = [[], []];
      const objects = files.filter((file) => file.startsWith('objects/'));
      for (const [index, file] of files.entries()) {
        const other = objects[(objects.indexOf(file) + 1) % objects.length]!;
        const ways: Record<string, (path: string, bytes: Buffer) => Promise<void>> = {
          'cut by two bytes': async (path, bytes) => truncate(path, bytes.length - 2),
          'cut in half': async (path, bytes) => truncate(path, bytes.length >> 1),
          empty: async (path) => truncate(path, 0),
          'longer by one byte': async (path, bytes) => writeFile(path, Buffer.concat([bytes, Buffer.from([index & 255])])),
          gone: async (path) => rm(path),
          ...(file.startsWith('objects/') && { 'the bytes of another': async (path: string) => cp(join(directory, 'vault', other), path) }),
        };
        for (const [what, way] of Object.entries(ways)) {
          const found = await damaged(file, way);
          if (found === 'intact') missed.push(`${file} ${what}`);
          else if (file.startsWith('objects/') && !found.includes(file.split('/').at(-1) ?? '')) unnamed.push(`${file} ${what}: ${found}`);
        }
      }
      assert.deepEqual({ missed, unnamed }, { missed: [], unnamed: [] });
    });
  });
}
