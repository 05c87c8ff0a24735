import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import * as vectors from 'cctv-age';
import { AgeFailure } from '../../src/vault/age-failure.ts';
import { AgeOpener, AgeSealer } from '../../src/vault/age-payload.ts';
import { parseIdentity, parseRecipient } from '../../src/vault/key-agreement.ts';

const identity = await generateX25519Identity();
const recipient = await identityToRecipient(identity);
const home = mkdtempSync(join(tmpdir(), 'lifeboat-age-'));
after(() => rmSync(home, { recursive: true, force: true }));
const chunk = 64 * 1024;
const sizes = [0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 3 * chunk + 17, 1_000_000];

function seal(plain: Buffer, step = 100_000): { sealed: Buffer; fileKey: Buffer } {
  const sealer = new AgeSealer(parseRecipient(recipient));
  const out: Buffer[] = [];
  for (let at = 0; at < plain.length; at += step) out.push(sealer.update(plain.subarray(at, at + step)));
  return { sealed: Buffer.concat([...out, sealer.finish()]), fileKey: sealer.fileKey };
}

function open(
  sealed: Buffer,
  openWith: ConstructorParameters<typeof AgeOpener>[0] = { identity: parseIdentity(identity) },
  step = 50_001,
): Buffer {
  const opener = new AgeOpener(openWith);
  const out: Buffer[] = [];
  for (let at = 0; at < sealed.length; at += step) out.push(opener.update(sealed.subarray(at, at + step)));
  return Buffer.concat([...out, opener.finish()]);
}

const failure = (run: () => unknown): string => {
  try {
    run();
  } catch (cause) {
    assert.ok(cause instanceof AgeFailure, String(cause));
    return cause.kind;
  }
  return 'success';
};

for (const size of sizes) {
  test(`${size} bytes: our own both ways, by identity and by file key`, () => {
    const plain = randomBytes(size);
    const { sealed, fileKey } = seal(plain);
    assert.ok(open(sealed).equals(plain));
    assert.ok(open(sealed, { fileKey }, 7_777).equals(plain));
    assert.ok(open(sealed, { fileKey }, sealed.length).equals(plain));
  });

  test(`${size} bytes: the age-encryption library both ways`, async () => {
    const plain = randomBytes(size);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    assert.ok(plain.equals(await decrypter.decrypt(seal(plain).sealed)));
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    assert.ok(open(Buffer.from(await encrypter.encrypt(plain))).equals(plain));
  });
}

const hasAge = spawnSync('age', ['--version']).status === 0;
test('the age program both ways', { skip: !hasAge && 'age is not installed' }, () => {
  writeFileSync(join(home, 'id'), `${identity}\n`, { mode: 0o600 });
  for (const size of sizes) {
    const plain = randomBytes(size);
    assert.ok(execFileSync('age', ['-d', '-i', join(home, 'id')], { input: seal(plain).sealed }).equals(plain));
    assert.ok(open(execFileSync('age', ['-r', recipient], { input: plain })).equals(plain));
  }
});

test('every flipped bit, every cut and every appended byte is noticed', () => {
  const { sealed } = seal(randomBytes(40));
  for (let at = 0; at < sealed.length; at++) {
    for (const bit of [1, 0x20, 0x80]) {
      const altered = Buffer.from(sealed);
      altered[at] = (altered[at] ?? 0) ^ bit;
      assert.notEqual(
        failure(() => open(altered)),
        'success',
        `byte ${at}`,
      );
    }
    assert.notEqual(
      failure(() => open(sealed.subarray(0, at))),
      'success',
      `cut at ${at}`,
    );
  }
  assert.equal(
    failure(() => open(Buffer.concat([sealed, Buffer.from('x')]))),
    'payload',
  );
});

test('chunks cannot be dropped, repeated or swapped', () => {
  const { sealed } = seal(randomBytes(3 * chunk));
  const start = sealed.length - 3 * (chunk + 16);
  const parts = [0, 1, 2].map((n) => sealed.subarray(start + n * (chunk + 16), start + (n + 1) * (chunk + 16)));
  for (const order of [[0, 1], [0, 2], [1, 0, 2], [0, 0, 1, 2], [0, 1, 2, 2], [2]]) {
    const altered = Buffer.concat([sealed.subarray(0, start), ...order.flatMap((n) => parts[n] ?? [])]);
    assert.equal(
      failure(() => open(altered)),
      'payload',
      order.join(),
    );
  }
});

test('another identity does not open it; a header without end is bounded', async () => {
  const other = { identity: parseIdentity(await generateX25519Identity()) };
  assert.equal(
    failure(() => open(seal(Buffer.alloc(9)).sealed, other)),
    'no match',
  );
  assert.equal(
    failure(() => open(Buffer.from(`age-encryption.org/v1\n-> X25519 ${'A'.repeat(1_000_000)}`))),
    'header',
  );
  assert.equal(
    failure(() => open(Buffer.alloc(1_000_000, 'age-encryption.org/v1\n'))),
    'header',
  );
});

// Published by C2SP/CCTV (0BSD), one entry per file of theirs.
test('the published age test vectors', () => {
  const kinds = {
    'header failure': 'header',
    'payload failure': 'payload',
    'HMAC failure': 'mac',
    'no match': 'no match',
    success: 'success',
  };
  let checked = 0;
  for (const [file, content] of Object.entries(vectors as unknown as Record<string, Uint8Array>)) {
    const bytes = Buffer.from(content);
    const split = bytes.indexOf('\n\n');
    const facts = new Map(
      bytes
        .subarray(0, split)
        .toString()
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    );
    const secret = facts.get('identity') ?? identity;
    if (facts.has('armored') || facts.has('passphrase') || secret.startsWith('AGE-SECRET-KEY-PQ-') || file.startsWith('hybrid')) continue;
    const sealed = facts.has('compressed') ? inflateSync(bytes.subarray(split + 2)) : bytes.subarray(split + 2);
    const expected = kinds[(facts.get('expect') ?? '') as keyof typeof kinds];
    const openWith = { identity: parseIdentity(secret) };
    assert.equal(
      failure(() => open(sealed, openWith)),
      expected,
      file,
    );
    if (expected === 'success') assert.equal(createHash('sha256').update(open(sealed, openWith)).digest('hex'), facts.get('payload'), file);
    checked++;
  }
  assert.ok(checked > 60, `${checked} vectors`);
});
