import { createHash } from 'node:crypto';
import { bytesBody } from '../../src/vault/bytes-body.ts';
import type { Manifest } from '../../src/vault/manifest.ts';
import type { ObjectKind, PlainContent } from '../../src/vault/vault.ts';
import { sampleManifest } from './sample-manifest.ts';

/** Keys of the golden vaults alone: they protect nothing. */
export const goldenPassphrase = 'a golden vault protects nothing';
export const goldenIdentity = 'AGE-SECRET-KEY-1FV2ESRHRY4DHREK5UATVRTUMK2X3AS0H2C5JEPV58V48E79397KSQDDFZR';

const golden = (kind: ObjectKind, text: string, rows: number, shape: Buffer): PlainContent & { bytes: Buffer } => {
  const bytes = Buffer.from(text);
  return { kind, rows, shapeHash: shape, bytes, ...bytesBody(bytes) };
};
const noShape = Buffer.alloc(32);

/** One object of each kind. Fixed for ever, like the vaults that hold them. */
export const goldenContents = {
  segment: golden('segment', 'rows '.repeat(1000), 1000, createHash('sha256').update('shape').digest()),
  bundle: golden('bundle', 'parts', 0, noShape),
  index: golden('index', '[]', 0, noShape),
  tables: golden('tables', '[{"name":"agents"}]', 0, noShape),
  schema: golden('schema', '{}', 0, noShape),
  census: golden('census', '', 0, noShape),
  attachment: golden('attachment', '\u0000\u0001 grüße', 0, noShape),
};

export const goldenManifest: Manifest = sampleManifest();
