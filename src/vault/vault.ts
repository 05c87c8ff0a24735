import type { Manifest } from './manifest.ts';
import type { Body, Store } from './store.ts';

/** Kinds of objects; part of every keyed name, so that an object cannot be passed off as another kind. */
export type ObjectKind = 'segment' | 'bundle' | 'index' | 'tables' | 'schema' | 'census' | 'attachment';

/** Plain content on its way into the vault: readable more than once, of known length. */
export interface PlainContent extends Body {
  kind: ObjectKind;
  /** SHA-256 of the table shape for segments; 32 zero bytes otherwise. */
  shapeHash: Buffer;
  /** Rows in a segment; 0 otherwise. */
  rows: number;
}

export interface StoredObject {
  /** 64 hex digits. */
  name: string;
  /** Bytes in the store (0 when it was there already). */
  stored: number;
  reused: boolean;
}

export interface SnapshotRef {
  /** File name under snapshots/: `<seq>-<utc>-<id>`, e.g. `000007-20260117T031500Z-9f86d081884c7d65`. */
  file: string;
  sequence: number;
  time: Date;
  id: string;
}

/** What a vault keeps beside its snapshots: results of drills, and what repairs replaced. */
export type RecordKind = 'proof' | 'undo';

/** What every record says of itself; the rest is JSON whose form its reader knows. */
export interface RecordHead {
  /** 16 hex digits, random. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly time: string;
}

export interface RecordRef {
  kind: RecordKind;
  /** File name under proofs/ or undo/: `<utc>-<id>`, e.g. `20260117T031500Z-9f86d081884c7d65`. */
  file: string;
  time: Date;
  id: string;
}

/** An opened vault: identity checked against its keys and the pinned fingerprint. */
export interface Vault {
  readonly store: Store;
  readonly id: string;
  /** Over id, recipient, verify key and whether it is sealed; what gets pinned and printed in the kit. */
  readonly fingerprint: string;
  readonly sealed: boolean;
  /** `writer`: can add snapshots and read none. */
  readonly access: 'owner' | 'writer';
  readonly cut: { minimum: number; target: number; maximum: number };
  /** 32 bytes that make the cuts unpredictable to others and equal between backups. */
  readonly cutSeed: Buffer;

  /** The keyed name of a content, without storing it (comparison = computing names). */
  nameOf(content: PlainContent): string;
  /** The same, for content of a few megabytes in a thread of its own: its memory must stay as it is until then. */
  nameSoon(content: PlainContent): Promise<string>;
  /** Streaming form of nameOf, for content that is not kept. */
  namer(kind: ObjectKind, shapeHash: Buffer): { update(chunk: Uint8Array): void; name(rows: number, length: number): string };
  /**
   * Seals, self-checks (decrypt, decompress, hash) and stores; an object that exists already is reused. Several contents
   * may be on their way at once. `taken` is called when a content's memory is not needed any more.
   */
  putObject(content: PlainContent, taken?: () => void): Promise<StoredObject>;
  /**
   * Plain bytes of an object. One of up to 16 MiB comes whole, its keyed name verified before; of a larger one the last
   * chunk is withheld until then, so a consumer that saw the end saw the right bytes. Chunks are the consumer's to keep.
   * @throws LifeboatError object-missing | object-damaged
   */
  getObject(name: string, expect: { kind: ObjectKind; shapeHash: Buffer; rows: number }): AsyncIterable<Buffer>;
  /** As getObject, but a chunk is the consumer's only until it asks for the next one: then its memory may be gone. */
  lendObject(name: string, expect: { kind: ObjectKind; shapeHash: Buffer; rows: number }): AsyncIterable<Buffer>;
  /** Reads an object back and verifies its keyed name, without giving it away. @returns plain bytes; @throws as getObject */
  checkObject(name: string, expect: { kind: ObjectKind; shapeHash: Buffer; rows: number }): Promise<number>;
  /** Whether the object is there (used to re-check reuse before the commit). */
  hasObject(name: string): Promise<boolean>;

  /** Oldest first; ignores and reports (detail) files that are not well-formed names. Needs no key. */
  listSnapshots(): Promise<SnapshotRef[]>;
  /** Reads, verifies the signature with the file name, validates. @throws manifest-damaged | manifest-forged | format-newer … */
  readManifest(ref: SnapshotRef): Promise<Manifest>;
  /** Writes the commit point: sealed, signed, read back. `id`, `sequence` and `time` must agree with the file's name. */
  commitManifest(manifest: Manifest): Promise<SnapshotRef>;

  /**
   * Writes a record once, sealed and signed like a manifest, durable and read back before this returns. At most 16 MiB
   * of JSON. @throws LifeboatError record-exists | record-too-large | record-unverified | self-check-failed …
   */
  putRecord(kind: RecordKind, record: RecordHead): Promise<RecordRef>;
  /** Oldest first; ignores and reports (detail) files that are not well-formed names. Needs no key. */
  listRecords(kind: RecordKind): Promise<RecordRef[]>;
  /**
   * A record's JSON, after its signature was verified together with kind and file name, and its id and time with the
   * name. The caller validates the rest. @throws LifeboatError object-missing | record-damaged | record-forged | writer-only
   */
  readRecord(ref: RecordRef): Promise<unknown>;

  /** Shared lock for backup/restore/verify, exclusive for removal; stale ones of dead processes are recognised. */
  lock(mode: 'shared' | 'exclusive', purpose: string): Promise<{ release(): Promise<void> }>;
  /** Publishes what a running backup relies on (reused object names), replaced as it grows, removed at the end. */
  pending(snapshotId: string): Promise<{ rely(names: readonly string[]): Promise<void>; release(): Promise<void> }>;
}
