import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { schemaAt } from '../../src/letta/catalogue.ts';
import { classifySecret, decryptSecret, encryptSecret, encryptSecretAt } from '../../src/letta/secret.ts';
import { encryptedColumns } from '../../src/letta/secret-columns.ts';
import { fixtureEncryptionKey, fixtureScript } from '../support/fixtures.ts';

/** Every value of a fixture's `_enc` columns, as a real Letta server wrote it. */
function fixtureSecrets(name: 'letta-0.16.2' | 'letta-0.16.8'): Map<string, string[]> {
  const script = fixtureScript(name);
  const found = new Map<string, string[]>();
  for (const { table, column } of encryptedColumns) {
    const [, columns = '', rows = ''] =
      new RegExp(`^COPY public\\.${table} \\((.*)\\) FROM stdin;\\n([\\s\\S]*?)^\\\\\\.$`, 'm').exec(script) ?? [];
    const at = columns.split(', ').indexOf(column);
    assert.notEqual(at, -1, `${table}.${column}`);
    const values = rows
      .split('\n')
      .filter(Boolean)
      .map((row) => row.split('\t')[at] ?? '')
      .filter((value) => value !== '\\N' && value !== '');
    found.set(`${table}.${column}`, values);
  }
  return found;
}

describe('secrets of real servers', () => {
  for (const name of ['letta-0.16.2', 'letta-0.16.8'] as const) {
    it(`decrypt with their key and no other (${name})`, async () => {
      const values = [...fixtureSecrets(name).values()].flat();
      const secrets = await Promise.all(values.map((value) => decryptSecret(value, fixtureEncryptionKey)));
      assert.ok(secrets.some((secret) => secret !== null && secret.length > 0));
      assert.ok(values.length >= 7, String(values.length));
      for (const value of values) {
        const secret = await decryptSecret(value, fixtureEncryptionKey);
        assert.notEqual(secret, null);
        assert.equal(await classifySecret(value, fixtureEncryptionKey), 'decrypts');
        assert.equal(await classifySecret(value, null), 'unchecked');
      }
      assert.equal(await decryptSecret(values[0] ?? '', `${fixtureEncryptionKey}x`), null);
      assert.equal(await classifySecret(values[0] ?? '', 'another key'), 'undecryptable');
    });
  }
});

describe('classifySecret', () => {
  it('knows nothing, plaintext and what only looks encrypted', async () => {
    assert.equal(await classifySecret(null, fixtureEncryptionKey), 'null');
    assert.equal(await classifySecret('', null), 'null');
    for (const text of [
      'sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ',
      'Bearer x',
      'short',
      '{"Authorization": "x"}',
      'AKIA0123456789ABCDEF'.padEnd(64, 'A'),
    ]) {
      assert.equal(await classifySecret(text, fixtureEncryptionKey), 'plaintext', text);
      assert.equal(await classifySecret(text, null), 'plaintext', text);
    }
    const noCiphertext = Buffer.alloc(60, 7).toString('base64');
    assert.equal(await classifySecret(noCiphertext, fixtureEncryptionKey), 'undecryptable');
    assert.equal(await classifySecret(noCiphertext, null), 'unchecked');
  });
});

describe('encryptSecret', () => {
  it('makes what decryptSecret reads, never the same twice', async () => {
    for (const secret of ['', 'x', 'ключ 🔑', 'a'.repeat(10_000)]) {
      const [first, second] = [await encryptSecret(secret, 'k'), await encryptSecret(secret, 'k')];
      assert.notEqual(first, second);
      assert.equal(await decryptSecret(first, 'k'), secret);
    }
  });

  it('is undone by a single changed bit', async () => {
    const bytes = Buffer.from(await encryptSecret('secret', 'k'), 'base64');
    for (const at of [0, 16, 28, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.equal(await decryptSecret(changed.toString('base64'), 'k'), null, String(at));
    }
  });
});

describe('encryptedColumns', () => {
  it('are in the catalogue beside their plaintext, from their release on', () => {
    const has = (revision: string, table: string, column: string) =>
      schemaAt(revision)
        .tables.find(({ name }) => name === table)
        ?.columns.some(({ name }) => name === column) ?? false;
    assert.equal(encryptedColumns.length, 10);
    for (const { table, column, plaintext } of encryptedColumns) {
      assert.ok(has('1c28e167b74f', table, column) && has('1c28e167b74f', table, plaintext), `${table}.${column}`);
      assert.ok(!has('5fb8bba2c373', table, column), `${table}.${column} at 0.11.3`);
    }
    const all = schemaAt('1c28e167b74f').tables.flatMap((table) =>
      table.columns.filter(({ name }) => name.endsWith('_enc')).map(({ name }) => `${table.name}.${name}`),
    );
    assert.deepEqual(all.sort(), encryptedColumns.map(({ table, column }) => `${table}.${column}`).sort());
  });
});

describe('a secret at its place', () => {
  it('is encrypted alike every time, and otherwise with another place, secret or key', async () => {
    const at = (place: string, secret: string, key: string) => encryptSecretAt(place, secret, key);
    const sealed = await at('t.c 1', 'made up', 'a key');
    assert.equal(await at('t.c 1', 'made up', 'a key'), sealed);
    assert.equal(await decryptSecret(sealed, 'a key'), 'made up');
    const others = [await at('t.c 2', 'made up', 'a key'), await at('t.c 1', 'made up!', 'a key'), await at('t.c 1', 'made up', 'b key')];
    // Salt and nonce: the first 28 bytes.
    const heads = [sealed, ...others].map((value) => Buffer.from(value, 'base64').subarray(0, 28).toString('hex'));
    assert.equal(new Set(heads).size, 4);
  });

  it('may be empty: Letta encrypts empty values, too', async () => {
    assert.equal(await decryptSecret(await encryptSecretAt('t.c 1', '', 'a key'), 'a key'), '');
  });
});
