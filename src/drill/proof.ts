import type { CheckRun } from '../verify/run-checks.ts';

/** A finding as a proof keeps it: without the changes that would mend it (`verify DB --repair` finds them again). */
export interface ProofFinding {
  code: string;
  severity: 'error' | 'warning' | 'note';
  where: string;
  message: string;
  ids: string[];
  count: number;
  why: string;
  repair: string | null;
}

/** One agent in the drilled database. */
export interface ProofAgent {
  id: string;
  name: string;
  messages: number;
  /** In its context window. */
  inContext: number;
  blocks: number;
  passages: number;
  tools: number;
  /** All its rows are as in the snapshot. At another release: it is there, with id, name and as many messages (`there`, src/upgrade/compare-agents.ts). */
  equal: boolean;
}

/** What a drill saw: kept in the vault, sealed and signed, bound to a snapshot by the hash of its manifest. */
export interface Proof {
  format: 1;
  /** 16 hex digits. */
  id: string;
  /** When the drill began and ended: ISO 8601, UTC. */
  started: string;
  time: string;
  tool: string;
  /** Name of the host, its platform and version of Node. */
  host: { name: string; platform: string; node: string };
  outcome: 'proven' | 'failed';
  /** What made it fail; null when proven. */
  failure: { code: string; message: string } | null;
  /** `manifestHash`: SHA-256, in hex, of the manifest's file as it lies in the vault (`manifestHash`, src/vault/manifest-hash.ts). */
  snapshot: { id: string; file: string; contentId: string; manifestHash: string; time: string };
  source: { systemIdentifier: string; database: string; release: string | null; revision: string | null; postgres: string };
  target: {
    kind: 'embedded' | 'local' | 'server';
    postgres: string;
    pgvector: string | null;
    release: string | null;
    revision: string | null;
  };
  /** In order; `recovery` marks those that a real recovery would take, too. */
  phases: { name: string; seconds: number; recovery: boolean }[];
  /** Recovery time and recovery point, in seconds. */
  recoveryTime: number | null;
  dataAge: number;
  rows: number;
  bytes: number;
  equality: { equal: boolean; tables: number; differences: { table: string; reason: string; rows: string[] }[] } | null;
  agents: ProofAgent[];
  losses: { class: string; table: string; column: string | null; rows: number; reason: string }[];
  checks: CheckRun[];
  findings: ProofFinding[];
  /** What a server would ask: milliseconds, and rows that came. */
  queries: { name: string; what: string; milliseconds: number; rows: number }[];
  /** What the restore and the drill warned of; `partial` ones make the exit code 3. */
  warnings: { code: string; message: string; partial: boolean }[];
  /**
   * The check that can fail: one value changed on purpose in each of these tables, and what the comparison named then.
   * `row`: the key of the row, as text. No value is kept: it may be a secret. null: the drill did not come so far.
   */
  selfTest: {
    /** The same seed and rows choose the same values. */
    seed: string;
    planted: { table: string; column: string; row: string }[];
    /** Tables that the comparison named, in order. */
    named: string[];
    /** Exactly the planted tables were named, with those rows where the comparison names rows. */
    passed: boolean;
    /** The values were put back, and the comparison said equal again. */
    undone: boolean;
  } | null;
  /** With --server: what a real Letta server answered. */
  server: {
    version: string;
    secondsToFirstAnswer: number;
    compared: { what: string; expected: number; found: number; equal: boolean }[];
    /** Attempts to reach anything outside: recorded by the denying network, and the positive control that it caught. */
    network: { how: string; attempts: { to: string; count: number }[]; controlCaught: boolean } | null;
  } | null;
}
