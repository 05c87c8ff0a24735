import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { releasesAt } from '../letta/catalogue.ts';
import type { TargetRevision } from '../letta/find-revision.ts';
import type { Reporter } from '../report/progress.ts';
import type { ContentProof } from '../restore/content.ts';
import type { ProvenDatabase } from '../restore/restore.ts';
import type { SecretKeys } from '../upgrade/secrets/secret-keys.ts';
import type { Manifest } from '../vault/manifest.ts';
import { manifestHash } from '../vault/manifest-hash.ts';
import type { SnapshotRef, Vault } from '../vault/vault.ts';
import { DrillClock } from './drill-clock.ts';
import { failureOf, whyNotProven } from './failure.ts';
import type { Proof } from './proof.ts';
import { rehearse, type ServerStage } from './rehearse.ts';
import { sameServerWarning } from './same-server.ts';
import type { Throwaway, ThrowawayPlan } from './throwaway.ts';

export interface DrillOptions {
  vault: Vault;
  ref: SnapshotRef;
  /** Where to restore to. */
  place: ThrowawayPlan;
  /** null: the snapshot's own release. */
  release: TargetRevision | null;
  keys: SecretKeys;
  reporter: Reporter;
  signal: AbortSignal;
  toolVersion: string;
  /** Boots a real Letta server on the restored database, when everything else was asked of it. */
  bootServer?: (stage: ServerStage) => Promise<NonNullable<Proof['server']>>;
  /** 8 hex digits: which values the self-test changes. */
  seed?: string;
  /** Stands between the self-test and the comparison: how a test breaks it. */
  compare?: (proven: ProvenDatabase) => Promise<ContentProof>;
}

/**
 * Rehearses the recovery of one snapshot: throwaway PostgreSQL, restore (to another release if one is asked for), all
 * checks, equality, agents, a self-test that must fail, and all of it removed. The proof is the caller's to keep.
 *
 * @returns a proof that failed, too: `outcome` says so
 * @throws LifeboatError where nothing was drilled: no place for it, a snapshot that cannot be restored there by its plan,
 *   an interruption; what was made is removed then, too
 */
export async function drill(options: DrillOptions): Promise<Proof> {
  const { vault, ref, place, signal } = options;
  const started = new Date();
  const clock = new DrillClock(options.reporter);
  const manifest = await vault.readManifest(ref);
  const proof = await emptyProof(options, manifest, started);
  const throwaway = await clock.time('start', () => place.make(manifest, signal));
  proof.target.postgres = throwaway.postgres;
  proof.warnings.push(...[sameServerWarning(manifest, throwaway.systemIdentifier)].filter((warning) => warning !== null));
  try {
    await rehearse({ ...options, manifest, throwaway, clock, seed: options.seed ?? randomBytes(4).toString('hex') }, proof);
  } catch (error) {
    await removeAfter(error, throwaway);
    throw error;
  }
  try {
    await clock.time('remove', () => throwaway.remove());
  } catch (error) {
    proof.failure ??= failureOf(error);
  }
  proof.failure = whyNotProven(proof);
  proof.outcome = proof.failure === null ? 'proven' : 'failed';
  proof.phases = clock.phases();
  if (proof.equality?.equal) proof.recoveryTime = clock.recoverySeconds();
  proof.time = new Date().toISOString();
  return proof;
}

/** What made it fail stays the reason, even if it cannot be removed: the next drill sweeps then. */
async function removeAfter(reason: unknown, throwaway: Throwaway): Promise<void> {
  try {
    await throwaway.remove();
  } catch (error) {
    if (!(reason instanceof Error)) throw error;
  }
}

async function emptyProof({ vault, ref, place, release, toolVersion }: DrillOptions, manifest: Manifest, started: Date): Promise<Proof> {
  const { source, letta } = manifest;
  return {
    format: 1,
    id: randomBytes(8).toString('hex'),
    started: started.toISOString(),
    time: started.toISOString(),
    tool: toolVersion,
    host: { name: hostname(), platform: `${process.platform} ${process.arch}`, node: process.version },
    outcome: 'failed',
    failure: null,
    snapshot: {
      id: manifest.id,
      file: ref.file,
      contentId: manifest.contentId,
      manifestHash: await manifestHash(vault.store, ref),
      time: manifest.time,
    },
    source: {
      systemIdentifier: source.systemIdentifier,
      database: source.database,
      release: letta.releases.at(-1) ?? null,
      revision: letta.revision,
      postgres: source.postgres,
    },
    target: {
      kind: place.kind,
      postgres: '',
      pgvector: null,
      release: release ? (release.release ?? releasesAt(release.revision.revision).at(-1) ?? null) : (letta.releases.at(-1) ?? null),
      revision: release ? release.revision.revision : letta.revision,
    },
    phases: [],
    recoveryTime: null,
    dataAge: (started.getTime() - Date.parse(manifest.time)) / 1000,
    rows: 0,
    bytes: 0,
    equality: null,
    agents: [],
    losses: [],
    checks: [],
    findings: [],
    queries: [],
    warnings: [],
    selfTest: null,
    server: null,
  };
}
