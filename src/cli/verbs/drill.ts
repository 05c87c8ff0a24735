import { type DrillOptions, drill as runDrill } from '../../drill/drill.ts';
import { keepProof } from '../../drill/keep-proof.ts';
import { pickSnapshots } from '../../drill/pick-snapshots.ts';
import type { Proof } from '../../drill/proof.ts';
import { sameServerWarning, systemIdentifierOf } from '../../drill/same-server.ts';
import { findServerProgram } from '../../drill/server/server-program.ts';
import { sweep } from '../../drill/sweep.ts';
import { LifeboatError } from '../../report/errors.ts';
import type { Manifest } from '../../vault/manifest.ts';
import type { OpenedVault } from '../../vault/opened-vault.ts';
import type { Context, VaultFlags } from '../context.ts';
import { type Drilled, drillOutcome } from '../drill-outcome.ts';
import { checkPlace, drillPlace, type PlaceFlags } from '../drill-place.ts';
import { type DrillServer, drillServer } from '../drill-server.ts';
import { readSnapshots } from '../read-snapshots.ts';
import { releaseOf, secretKeys } from '../release-flags.ts';
import { noSuchSnapshot, resolveSnapshot } from '../resolve-snapshot.ts';
import { usageError } from '../usage-error.ts';
import { vaultOf } from '../use-vault.ts';
import { vaultWords } from '../vault-words.ts';
import { drillSummary } from '../views/drill-summary.ts';
import { drillPlan, leftoverTable, showProof } from '../views/drill-views.ts';
import { drillsSummary, drillTable } from '../views/drills-summary.ts';
import type { ListedSnapshot } from '../views/snapshot-facts.ts';
import { checkDrillReportName, writeDrillReport } from '../write-drill-report.ts';

type Flags = VaultFlags & PlaceFlags & { release?: string; all?: true; sample?: string; server?: string; report?: string };

/** Restores to a throwaway PostgreSQL, asks it everything, keeps the proof, and leaves nothing behind. */
export async function drill(context: Context, flags: Flags, text?: string): Promise<number> {
  const { output, signal, environment, toolVersion } = context;
  const several = wantsSeveral(flags, text);
  const release = flags.release === undefined ? null : releaseOf(flags.release);
  const keys = await secretKeys({}, environment);
  checkPlace(flags, environment);
  if (flags.report !== undefined) await checkDrillReportName(flags.report);
  const program = flags.server === undefined ? null : await findServerProgram(flags.server);
  const vault = await vaultOf(context, flags);
  const chosen = several === null ? [await one(context, vault, text ?? 'latest')] : await choose(vault, several);
  const sound = chosen.flatMap((listed) => ('manifest' in listed ? [listed.manifest] : []));
  const place = await drillPlace(flags, environment, Math.max(0, ...sound.map(({ totals }) => totals.bytes)));
  const server = drillServer(flags.server, program, place.plan, flags.on, keys);
  const opening = vaultWords(vault, flags);
  try {
    const system = place.server && (await systemIdentifierOf(place.server));
    const note = sound.map((manifest) => sameServerWarning(manifest, system)).find((each) => each !== null);
    output.plan(drillPlan(sound, place, release, server?.program.version ?? null, note ? [note] : []));
    const leftovers = await sweep(place.server);
    if (leftovers.length > 0) output.table(leftoverTable(leftovers));
    const drilled: Drilled[] = [];
    for (const listed of chosen) {
      const { ref } = listed;
      const options = { vault, ref, place: place.plan, release, keys, reporter: output.reporter, signal, toolVersion };
      const result = 'error' in listed ? listed : await drillOne(context, options, server, several !== null);
      drilled.push(result);
      if ('proof' in result && several === null) showProof(output, result.proof);
    }
    if (flags.report !== undefined) await report(flags.report, drilled);
    const { exit, tone } = drillOutcome(drilled);
    const [only] = drilled;
    if (several === null && only && 'proof' in only) output.summary(drillSummary(only.proof, opening, tone));
    else {
      output.table(drillTable(drilled));
      output.summary(drillsSummary(drilled, opening, tone));
    }
    return exit;
  } finally {
    await place.server?.close();
  }
}

async function report(file: string, drilled: readonly Drilled[]): Promise<void> {
  await writeDrillReport(
    file,
    drilled.flatMap((each) => ('proof' in each ? [each.proof] : [])),
    drilled.flatMap((each) => ('error' in each ? [{ snapshot: each.ref.id, message: each.error.message }] : [])),
  );
}

/** Drills one snapshot and keeps the proof in the vault. Among several, one that cannot be drilled does not end the others. */
async function drillOne(
  context: Context,
  options: DrillOptions & { vault: OpenedVault },
  server: DrillServer | null,
  goOn: boolean,
): Promise<Drilled> {
  const { ref, vault } = options;
  let proof: Proof;
  try {
    const bootServer = server?.for(await vault.readManifest(ref), options.release);
    proof = await runDrill({ ...options, ...(bootServer && { bootServer }) });
  } catch (error) {
    if (!goOn || context.signal.aborted || !(error instanceof LifeboatError)) throw error;
    return { ref, error };
  }
  try {
    proof.warnings = (await keepProof(vault, proof)).warnings;
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    proof.warnings.push({ code: 'proof-not-kept', message: `The proof is not in the vault: ${error.message}`, partial: true });
  }
  return { ref, proof };
}

async function one({ output }: Context, vault: OpenedVault, text: string): Promise<ListedSnapshot> {
  const ref = await resolveSnapshot(vault, text, output);
  return { ref, manifest: await vault.readManifest(ref) };
}

async function choose(vault: OpenedVault, count: number): Promise<ListedSnapshot[]> {
  const { snapshots } = await readSnapshots(vault);
  if (snapshots.length === 0) throw noSuchSnapshot(vault, 'to drill', []);
  if (!Number.isFinite(count)) return snapshots;
  const sound = snapshots.flatMap((listed) => ('manifest' in listed ? [listed] : []));
  const picked = new Set<Manifest>(
    pickSnapshots(
      sound.map(({ manifest }) => manifest),
      count,
    ),
  );
  return sound.filter(({ manifest }) => picked.has(manifest));
}

/** How many snapshots to drill: null for the one that is named, Infinity for all. */
function wantsSeveral({ all, sample }: Flags, text: string | undefined): number | null {
  if (!all && sample === undefined) return null;
  if (text !== undefined)
    throw usageError('--all and --sample choose the snapshots themselves.', 'Name a snapshot, or leave the flag out.');
  if (all) return Number.POSITIVE_INFINITY;
  if (!/^[1-9]\d{0,5}$/.test(sample ?? ''))
    throw usageError(`--sample ${sample} is no number of snapshots.`, 'Give --sample 3, for example.');
  return Number(sample);
}
