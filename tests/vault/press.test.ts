import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { collect } from '../../src/vault/join-chunks.ts';
import { parseIdentity, parseRecipient } from '../../src/vault/key-agreement.ts';
import { MemoryStore } from '../../src/vault/memory-store.ts';
import { decodeObject } from '../../src/vault/object-format.ts';
import { objectPath } from '../../src/vault/object-name.ts';
import { writeObject } from '../../src/vault/object-writer.ts';
import { Press } from '../../src/vault/press.ts';
import type { PlainContent } from '../../src/vault/vault.ts';

const nameKey = randomBytes(32);
const none = { has: () => false, lift: async () => {} };
const secret = await generateIdentity();
const recipient = await identityToRecipient(secret);

/** Rows that lie in shared and in ordinary memory, as runs may. */
function segment(size: number, shared: boolean): PlainContent {
  const bytes = Buffer.from(shared ? new SharedArrayBuffer(size + 64) : new ArrayBuffer(size + 64)).subarray(32, 32 + size);
  for (let at = 0; at < size; at++) bytes[at] = (at * 31) % 251;
  const third = Math.floor(size / 3);
  const chunks = [bytes.subarray(0, third), bytes.subarray(third)];
  return { kind: 'segment', shapeHash: Buffer.alloc(32, 7), rows: 3, size, open: () => chunks };
}

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

  test('a thread that cannot start is an error, not a wait', async () => {
    const { publicKey } = generateKeyPairSync('x25519');
    const press = new Press({ nameKey, recipient: String(publicKey), identity: null });
    await assert.rejects(
      press.make(segment(300_000, true), true, async () => false),
      /./,
    );
  });
});
