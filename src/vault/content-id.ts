import { createHash } from 'node:crypto';
import type { DatabaseModel } from '../schema/model.ts';
import { canonicalJson, type Json } from './canonical-json.ts';
import type { Manifest } from './manifest.ts';

/** What a snapshot's content id is made of: equal content has an equal id on any server and in any layout. */
export interface ContentParts {
  schema: DatabaseModel;
  tables: readonly { schema: string | null; name: string; shapeHash: Buffer; rows: number; segments: readonly string[] }[];
  sequences: Manifest['sequences'];
}

/** Domain-separated Merkle root, 64 hex digits. Tables and sequences are sorted here; the order of segments counts. */
export function contentIdOf(parts: ContentParts): string {
  const leaves = [
    leaf('schema', [canonicalJson(withoutVersions(parts.schema) as unknown as Json)]),
    ...parts.tables
      .map((table) =>
        leaf('table', [canonicalJson([table.schema, table.name]), table.shapeHash.toString('hex'), String(table.rows), ...table.segments]),
      )
      .sort(),
    ...parts.sequences
      .map((sequence) => leaf('sequence', [canonicalJson([sequence.schema, sequence.name, sequence.lastValue, sequence.isCalled])]))
      .sort(),
  ];
  return leaf('content v1', leaves);
}

/** The same rows are the same content under any version of an extension: which one it was is said by the source's identity. */
function withoutVersions(model: DatabaseModel): DatabaseModel {
  return { ...model, extensions: model.extensions.map((extension) => ({ ...extension, version: '' })) };
}

function leaf(domain: string, parts: readonly string[]): string {
  const hash = createHash('sha256').update(`lifeboat ${domain}\0`);
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('hex');
}
