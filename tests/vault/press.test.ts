import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { collect } from '../../src/vault/join-chunks.ts';
import { parseIdentity, parseRecipient } from '../../src/vault/key-agreement.ts';
import { MemoryStore } from '../../src/vault/memory-store.ts';
import { decodeObject } from '../../src/vault/object-format.ts';
import { ObjectNamer, objectPath } from '../../src/vault/object-name.ts';
import { writeObject } from '../../src/vault/object-writer.ts';
import { Press } from '../../src/vault/press.ts';
import type { PlainContent } from '../../src/vault/vault.ts';

const nameKey = randomBytes(32);
const none = { has: () => false, lift: async () => {} };
const secret = await generateIdentity();
const recipient = await identityToRecipient(secret);

/** Rows that lie in shared and in ordinary memory, as runs may. */
function segment(size: number, shared: boolean, seed = 31): PlainContent {
  const bytes = Buffer.from(shared ? new SharedArrayBuffer(size + 64) : new ArrayBuffer(size + 64)).subarray(32, 32 + size);
  for (let at = 0; at < size; at++) bytes[at] = (at * (seed + 1)) % 251;
  const third = Math.floor(size / 3);
  const chunks = [bytes.subarray(0, third), bytes.subarray(third)];
  return { kind: 'segment', shapeHash: Buffer.alloc(32, 7), rows: 3, size, open: () => chunks };
}

function nameOf({ kind, shapeHash, rows }: PlainContent, bytes: Buffer): string {
  const namer = new ObjectNamer(nameKey, kind, shapeHash);
  namer.update(bytes);
  return namer.name(rows);
}

const here = (file: string) => join(import.meta.dirname, file);

describe('the press', () => {
  for (const sealed of [true, false])
    for (const shared of [true, false])
      test(`makes the object that is made without it (${sealed ? 'sealed' : 'clear'}, ${shared ? 'shared' : 'ordinary'} memory)`, async () => {
        const press = new Press({ nameKey, recipient: sealed ? recipient : null, identity: null });
        const sealing = sealed ? { recipient: parseRecipient(recipient) } : null;
        const content = segment(700_001, shared);
        const [with_, without] = [new MemoryStore(), new MemoryStore()];
        let taken = 0;
        const pressed = await writeObject(content, { store: with_, nameKey, sealing, condemned: none, press }, () => taken++);
        const plain = await writeObject(content, { store: without, nameKey, sealing, condemned: none });
        assert.equal(pressed.name, plain.name);
        assert.equal(pressed.reused, false);
        assert.equal(taken, 1);
        for (const store of [with_, without]) {
          const opening = sealed ? { identity: parseIdentity(secret) } : null;
          const opened = await collect(decodeObject(store.get(objectPath(plain.name)), 'segment', opening), 1_000_000);
          assert.deepEqual(opened, Buffer.concat([...(content.open() as Buffer[])]));
        }
        const again = await writeObject(content, { store: with_, nameKey, sealing, condemned: none, press });
        assert.deepEqual(again, { name: plain.name, stored: 0, reused: true });
      });

  test('a content of another size than it says is refused, and the next one is made', async () => {
    const press = new Press({ nameKey, recipient: null, identity: null });
    const store = new MemoryStore();
    const options = { store, nameKey, sealing: null, condemned: none, press };
    await assert.rejects(writeObject({ ...segment(500_000, true), size: 500_001 }, options), { code: 'internal' });
    await assert.rejects(writeObject({ ...segment(500_000, true), size: 400_000 }, options), { code: 'internal' });
    assert.equal((await writeObject(segment(500_000, true), options)).reused, false);
  });

  test('many at once are made one after the other', async () => {
    const press = new Press({ nameKey, recipient, identity: null });
    const store = new MemoryStore();
    const options = { store, nameKey, sealing: { recipient: parseRecipient(recipient) }, condemned: none, press };
    const made = await Promise.all([300_000, 400_000, 500_000, 600_000].map((size) => writeObject(segment(size, true), options)));
    assert.equal(new Set(made.map(({ name }) => name)).size, 4);
  });

  test('what one content holds is not what the next one overwrites, however late the vault answers', async () => {
    const press = new Press({ nameKey, recipient: null, identity: null });
    const contents = Array.from({ length: 7 }, (_, index) => segment(300_000 + 50_000 * index, true, index));
    const answers: (() => void)[] = [];
    const made = contents.map((content) =>
      press.make(content, true, async () => {
        // The first one is answered last: all others passed through what room it leaves.
        if (answers.length < 1) await new Promise<void>((resolve) => answers.push(resolve));
        return false;
      }),
    );
    await Promise.all(made.slice(1));
    for (const answer of answers) answer();
    for (const [index, content] of contents.entries()) {
      const { name, sealed } = await made[index]!;
      const bytes = Buffer.concat([...(content.open() as Buffer[])]);
      assert.deepEqual(await collect(decodeObject([sealed!], 'segment', null), 1_000_000), bytes);
      assert.equal(name, nameOf(content, bytes));
      assert.equal(await press.name(content), name);
    }
  });

  test('memory is not read any more once it was taken', async () => {
    const press = new Press({ nameKey, recipient: null, identity: null });
    const content = segment(600_000, true);
    const chunks = content.open() as Buffer[];
    const bytes = Buffer.concat(chunks);
    const { name, sealed } = await press.make(
      content,
      true,
      async () => false,
      () => {
        for (const chunk of chunks) chunk.fill(0);
      },
    );
    assert.equal(name, nameOf(content, bytes));
    assert.deepEqual(await collect(decodeObject([sealed!], 'segment', null), 1_000_000), bytes);
  });

  test('a failure of one content is not the failure of those beside it', async () => {
    const press = new Press({ nameKey, recipient: null, identity: null });
    const never = async () => false;
    const [first, wrong, last] = await Promise.allSettled([
      press.make(segment(400_000, true), true, never),
      press.make({ ...segment(400_000, true), size: 300_000 }, true, never),
      press.make(segment(500_000, true), true, never),
    ]);
    assert.deepEqual([first.status, wrong.status, last.status], ['fulfilled', 'rejected', 'fulfilled']);
  });

  for (const side of ['before', 'after'])
    test(`fault 14: a bit that flips in the thread ${side} it compressed is caught by the self-check`, async () => {
      const run = async (selfCheck: boolean, flip: Record<string, string>) => {
        const args = ['--import', here('flip-in-thread.ts'), here('press-one.ts'), String(selfCheck)];
        const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...flip } });
        return JSON.parse(stdout) as unknown;
      };
      const flip = { LIFEBOAT_TEST_FLIP: side };
      assert.deepEqual(await run(true, flip), { outcome: 'self-check-failed', objects: 0 });
      assert.deepEqual(await run(false, flip), { outcome: 'stored', objects: 1 }, 'without it nobody would notice');
      assert.deepEqual(await run(true, {}), { outcome: 'stored', objects: 1 });
    });

  test('a thread that cannot start is an error, not a wait', async () => {
    const { publicKey } = generateKeyPairSync('x25519');
    const press = new Press({ nameKey, recipient: String(publicKey), identity: null });
    await assert.rejects(
      press.make(segment(300_000, true), true, async () => false),
      /./,
    );
  });
});
