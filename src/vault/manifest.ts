import type { DatabaseIdentity } from '../schema/identity.ts';

/**
 * What a snapshot is, as data. The manifest is small (≤ 64 KiB) whatever the database's size: everything that grows
 * hangs below it in objects. Counts are numbers (safe integers, below 2^53); sequence values, which may be larger, are
 * decimal strings.
 */
export interface Manifest {
  format: 1;
  features: { incompatible: string[]; compatible: string[] };
  /** 16 hex digits, random. */
  id: string;
  /** Layout- and server-independent identity of the content, 64 hex digits. */
  contentId: string;
  /** Previous snapshot's id in this vault for the same source, if any was seen. */
  parent: string | null;
  sequence: number;
  tool: { name: 'letta-lifeboat'; version: string };
  /** ISO 8601 UTC: start of the transaction whose snapshot was read; end of the backup. */
  time: string;
  finished: string;
  source: DatabaseIdentity;
  letta: {
    /** alembic_version, null for a database that is allowed to have none. */
    revision: string | null;
    /** Releases whose head that revision is, e.g. ['0.16.7','0.16.8']; empty if unknown. */
    releases: string[];
    /** Number of drift findings against the catalogue at that revision. */
    drift: number;
  };
  totals: { tables: number; rows: number; bytes: number; segments: number; newBytes: number; agents: number };
  /** Name of the object (kind `tables`) with one entry per table. */
  tables: string;
  /** Name of the object (kind `schema`) with the DatabaseModel, grants and owners. */
  schema: string;
  /** Name of the object (kind `census`): agents and secrets. */
  census: string;
  sequences: { schema: string | null; name: string; lastValue: string; isCalled: boolean }[];
  secrets: SecretCensus;
  tags: string[];
  /** At most 100, the rest counted in the last one. */
  warnings: { code: string; message: string; partial: boolean }[];
  /** Seconds per phase. */
  timings: Record<string, number>;
}

/** Per `_enc` column of Letta: how its values classify (letta-server.md §5.3). */
export type SecretCensus = Record<string, { null: number; decrypts: number; undecryptable: number; plaintext: number; unchecked: number }>;

/** One table of a snapshot, as listed in the `tables` object. */
export interface TableEntry {
  schema: string | null;
  name: string;
  shape: { name: string; type: string; as: 'binary' | 'text' }[];
  /** Indexes into `shape` of the columns that identify a row; empty = the whole row does. */
  key: number[];
  rows: number;
  bytes: number;
  /** Ordered content: either parts of a bundle, or pages of segment entries. */
  content:
    | { kind: 'bundle'; object: string; offset: number; segment: SegmentEntry }
    | { kind: 'pages'; pages: { object: string; segments: number; rows: number }[] }
    | { kind: 'empty' };
}

/** One segment, as listed in an index page. */
export interface SegmentEntry {
  /** 64 hex digits: keyed hash; also the object's name unless it is a bundle's part. */
  name: string;
  rows: number;
  /** Plain bytes. */
  bytes: number;
  /** base64 of the key fields' binary bytes (each: int32 length ‖ bytes), truncated to 1 KiB. */
  first: string;
  last: string;
}
