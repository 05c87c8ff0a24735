import { openSecret } from '../../letta/open-secret.ts';
import { encryptedColumns } from '../../letta/secret-columns.ts';
import { LifeboatError } from '../../report/errors.ts';
import { decodeRows } from '../../rows/decode-rows.ts';
import { projectRows } from '../../rows/project-rows.ts';
import { shapeHash } from '../../rows/shape.ts';
import { objectKey } from '../../schema/model.ts';
import type { TableEntry } from '../../vault/manifest.ts';
import { readSegment, segmentsOf } from '../../vault/table-content.ts';
import type { Vault } from '../../vault/vault.ts';
import type { SecretKeys } from './secret-keys.ts';

/** `nothing to try`: the snapshot holds no ciphertext that could tell. */
export type KeyTrial = 'none given' | 'nothing to try' | 'opens';

/** Ciphertexts of one column that are tried: one damaged value says nothing of the key. */
const triesPerColumn = 3;

/**
 * A key that opens no ciphertext at all is not the server's: with it, every secret would be taken for lost. The ten columns
 * are read from the snapshot before anything is created, and a few ciphertexts of each are tried; all are when they are carried.
 * Where most values are in clear, the server had no key: then any may be its first.
 * @returns what is known of the key
 * @throws LifeboatError letta-key-wrong | letta-key-missing
 */
export async function refuseWrongKey(
  vault: Vault,
  tables: readonly TableEntry[],
  { encryptionKey, rekeyTo }: SecretKeys,
): Promise<KeyTrial> {
  const key = encryptionKey ?? rekeyTo;
  if (key === null) return 'none given';
  const entries = new Map(tables.map((entry) => [objectKey(entry), entry]));
  let tried = 0;
  let [ciphertexts, inClear] = [0, 0];
  for (const { table, column } of encryptedColumns) {
    const entry = entries.get(table);
    const index = entry?.shape.findIndex(({ name }) => name === column) ?? -1;
    if (entry === undefined || index < 0) continue;
    let left = triesPerColumn;
    for await (const value of fieldsOf(vault, entry, index)) {
      const opened = await openSecret(value, left > 0 ? key : null);
      if (opened.class === 'decrypts') return 'opens';
      if (opened.class === 'null') continue;
      if (opened.class === 'plaintext') {
        inClear++;
        continue;
      }
      ciphertexts++;
      if (opened.class === 'undecryptable') {
        tried++;
        left--;
      }
    }
  }
  // A server without a key keeps secrets in clear, and some provider's key may look like a ciphertext.
  if (tried === 0 || ciphertexts < inClear) return 'nothing to try';
  if (encryptionKey === null) throw new LifeboatError('letta-key-missing');
  throw new LifeboatError('letta-key-wrong', { tried });
}

/** One field of all rows as text, NULL left out. A segment is read at a time: it ends with a row. */
async function* fieldsOf(vault: Vault, entry: TableEntry, index: number): AsyncGenerator<string> {
  const hash = shapeHash({ encoding: 1, columns: entry.shape });
  for await (const segment of segmentsOf(vault, entry)) {
    const blocks: Buffer[] = [];
    const rows = projectRows(readSegment(vault, entry, segment, hash), { fields: entry.shape.length, keep: [index] });
    for await (const block of rows) blocks.push(Buffer.from(block)); // lent only
    for (const [field] of decodeRows(blocks, 1)) if (field) yield field.toString('utf8');
  }
}
