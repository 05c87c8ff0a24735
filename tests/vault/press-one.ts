/** Puts one content through the press, with or without self-check (`true` or `false`), and prints what became of it. */
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { parseRecipient } from '../../src/vault/key-agreement.ts';
import { MemoryStore } from '../../src/vault/memory-store.ts';
import { writeObject } from '../../src/vault/object-writer.ts';
import { Press } from '../../src/vault/press.ts';

const nameKey = Buffer.alloc(32, 1);
const recipient = await identityToRecipient(await generateIdentity());
const store = new MemoryStore();
const bytes = Buffer.from(Array.from({ length: 60_000 }, (_, index) => `row ${index} of a table\n`).join(''));
const outcome = await writeObject(
  { kind: 'segment', shapeHash: Buffer.alloc(32), rows: 3, size: bytes.length, open: () => [bytes] },
  {
    store,
    nameKey,
    sealing: { recipient: parseRecipient(recipient) },
    condemned: { has: () => false, lift: async () => {} },
    press: new Press({ nameKey, recipient, identity: null }),
    selfCheck: process.argv[2] === 'true',
  },
).then(
  () => 'stored',
  (error: { code: string }) => error.code,
);
console.log(JSON.stringify({ outcome, objects: store.objects.size }));
