import { findHome } from '../postgres/home.ts';
import { introspect } from '../postgres/introspect.ts';
import { LifeboatError } from '../report/errors.ts';
import { exitCodes } from '../report/exit-codes.ts';
import type { Reporter } from '../report/progress.ts';
import { type RestoreResult, restore } from '../restore/restore.ts';
import type { Manifest } from '../vault/manifest.ts';
import { checkDrilled } from './check-drilled.ts';
import type { DrillOptions } from './drill.ts';
import type { DrillClock } from './drill-clock.ts';
import { failureOf, whyNotEqual, whySelfTestFailed, whyServerDiffers } from './failure.ts';
import { makeRoles } from './make-roles.ts';
import type { Proof } from './proof.ts';
import { proveAgents } from './proof-agents.ts';
import { selfTest, selfTestWarnings } from './self-test.ts';
import type { Throwaway } from './throwaway.ts';

/** What a real Letta server is started on. Its boot changes rows, so nothing is asked of the database afterwards. */
export interface ServerStage {
  throwaway: Throwaway;
  reporter: Reporter;
  signal: AbortSignal;
}

export interface Rehearsal extends DrillOptions {
  manifest: Manifest;
  throwaway: Throwaway;
  clock: DrillClock;
  seed: string;
}

/**
 * Everything between making and removing the throwaway database; what is found goes into `proof` as it is found, so that
 * a failure half-way keeps what came before.
 *
 * @throws LifeboatError where nothing was drilled: an interruption, or the plan already refuses
 */
export async function rehearse(rehearsal: Rehearsal, proof: Proof): Promise<void> {
  const { signal, clock } = rehearsal;
  let planned = false;
  try {
    await makeRoles(rehearsal.throwaway, rehearsal.vault, rehearsal.manifest);
    const result = await restoreThere(rehearsal, proof, () => {
      planned = true;
    });
    proof.failure ??= whyNotEqual(result) ?? whySelfTestFailed(proof);
    await clock.time('checks', () => checkDrilled(rehearsal, proof));
    await clock.time('agents', () => countAgents(rehearsal, result, proof));
    if (rehearsal.bootServer && proof.failure === null) await clock.time('server', () => serve(rehearsal, proof));
  } catch (error) {
    // Not what the restore says of a database that stays: this one is removed.
    if (signal.aborted) throw new LifeboatError('interrupted', {}, { cause: error });
    // A snapshot that does not fit there says nothing against it; one that cannot be read does.
    const damaged = error instanceof LifeboatError && error.exit === exitCodes.corruption;
    if (!planned && !damaged) throw error;
    proof.failure ??= failureOf(error);
  }
}

async function restoreThere(
  { vault, ref, throwaway, manifest, release, keys, reporter, signal, clock, seed, compare }: Rehearsal,
  proof: Proof,
  onPlan: () => void,
): Promise<RestoreResult> {
  const result = await restore({
    vault,
    ref,
    target: throwaway.database,
    request: { layout: { kind: 'same' }, owner: null, withObjects: false, release, rekey: keys.rekeyTo !== null },
    reporter: { ...reporter, warning: (warning) => (warning.code === 'restore-unfinished' ? undefined : reporter.warning(warning)) },
    signal,
    keys,
    drill: throwaway.owner,
    confirm: async () => {
      onPlan();
      return true;
    },
    onProven: async (proven) => {
      proof.selfTest = await selfTest(compare ? { ...proven, prove: () => compare(proven) } : proven, seed);
      proof.warnings.push(...selfTestWarnings(proof.selfTest));
    },
  });
  clock.addRestore(result.timings);
  const { comparison } = result;
  proof.rows = comparison?.rows ?? 0;
  proof.bytes = comparison?.bytes ?? 0;
  proof.equality = comparison && {
    equal: whyNotEqual(result) === null,
    tables: comparison.tables,
    differences: comparison.differences.map(({ table, reason, rows }) => ({
      table,
      reason,
      rows: rows.slice(0, 20).map(({ kind, row, columns }) => `${kind} ${row}${columns.length > 0 ? ` (${columns.join(', ')})` : ''}`),
    })),
  };
  proof.losses = result.losses.map(({ class: kind, table, column, rows, reason }) => ({ class: kind, table, column, rows, reason }));
  const warnings = [...result.warnings, ...manifest.warnings.filter(({ partial }) => partial)];
  proof.warnings.push(...warnings.map(({ code, message, partial }) => ({ code, message, partial })));
  return result;
}

async function countAgents({ throwaway }: Rehearsal, result: RestoreResult, proof: Proof): Promise<void> {
  const session = await throwaway.database.connect();
  try {
    const home = await findHome(session);
    const [vector] = await session.query(`select extversion as version from pg_extension where extname = 'vector'`);
    proof.target.pgvector = vector?.version ?? null;
    proof.agents = await proveAgents(session, home, await introspect(session, home), result);
  } finally {
    await session.close();
  }
}

/** What a server answers other than the rows say fails the drill: the same database gives another answer. */
async function serve({ bootServer, throwaway, reporter, signal }: Rehearsal, proof: Proof): Promise<void> {
  const told: Reporter = {
    ...reporter,
    warning(warning) {
      const { code, message, partial } = warning;
      proof.warnings.push({ code, message, partial });
      reporter.warning(warning);
    },
  };
  const server = await bootServer?.({ throwaway, reporter: told, signal });
  if (!server) return;
  proof.server = server;
  proof.failure ??= whyServerDiffers(server);
}
