/**
 * The least that reading a vault back can cost: every object read, deciphered, decompressed and hashed, and nothing else.
 * `DIST VAULT IDENTITY-FILE`. Chunks are as small as age makes them, and nothing runs beside anything else.
 */
import { createDecipheriv, createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { zstdDecompressSync } from 'node:zlib';

const [dist = '', vault = '', identityFile = ''] = process.argv.slice(2);
const built = (path: string) => pathToFileURL(join(dist, path)).href;
const { parseHeader, payloadKey, unwrapFileKey } = (await import(
  built('vault/age-header.js')
)) as typeof import('../../src/vault/age-header.ts');
const { parseIdentity } = (await import(built('vault/key-agreement.js'))) as typeof import('../../src/vault/key-agreement.ts');
const { openStore } = (await import(built('vault/open-store.js'))) as typeof import('../../src/vault/open-store.ts');
const { openVault } = (await import(built('vault/open-vault.js'))) as typeof import('../../src/vault/open-vault.ts');

/** magic, length, tag, kind, version: docs/vault-format.md */
const prefix = 15;
const [chunk, tag, nonce] = [64 * 1024, 16, 16];
const { keys } = await openVault(openStore(vault), { identities: [readFileSync(identityFile, 'utf8')] }, { pin: null });
const identity = parseIdentity(keys.identity ?? '');
let bytes = 0;
for (const directory of readdirSync(join(vault, 'objects')))
  for (const name of readdirSync(join(vault, 'objects', directory))) {
    const plain = zstdDecompressSync(decipher(readFileSync(join(vault, 'objects', directory, name))).subarray(prefix));
    createHmac('sha256', keys.nameKey).update(plain).digest();
    bytes += plain.length;
  }
console.log(JSON.stringify({ type: 'summary', bytes }));

function decipher(sealed: Buffer): Buffer {
  const header = parseHeader(sealed);
  if (header === null) throw new Error('not an age file');
  const start = header.length + nonce;
  const key = payloadKey(unwrapFileKey(header, identity), sealed.subarray(header.length, start));
  const plain = Buffer.allocUnsafe(sealed.length - start);
  let length = 0;
  for (let at = start, counter = 0; at < sealed.length; at += chunk + tag, counter++) {
    const end = Math.min(sealed.length, at + chunk + tag);
    const iv = Buffer.alloc(12);
    iv.writeUIntBE(counter, 5, 6);
    iv[11] = end === sealed.length ? 1 : 0;
    const decipher = createDecipheriv('chacha20-poly1305', key, iv, { authTagLength: tag });
    decipher.setAuthTag(sealed.subarray(end - tag, end));
    length += decipher.update(sealed.subarray(at, end - tag)).copy(plain, length);
    decipher.final();
  }
  return plain.subarray(0, length);
}
