import { analyze } from '../postgres/analyze.ts';
import { type DrillOwner, markSql, type RestoreMark } from '../postgres/build-mark.ts';
import { notEmpty } from '../postgres/contents.ts';
import type { Database, Session } from '../postgres/database.ts';
import { schemaStatements } from '../postgres/ddl.ts';
import { applyGrants } from '../postgres/grants.ts';
import { introspect } from '../postgres/introspect.ts';
import { connectMaintenance } from '../postgres/maintenance.ts';
import { LifeboatError } from '../report/errors.ts';
import { PhaseClock } from '../report/phase-clock.ts';
import type { Reporter, Warning } from '../report/progress.ts';
import { compareSchemas, type DriftFinding } from '../schema/compare.ts';
import type { DatabaseModel } from '../schema/model.ts';
import type { AgentComparison } from '../upgrade/compare-agents.ts';
import type { Loss } from '../upgrade/loss.ts';
import type { CarriedTable } from '../upgrade/prove-release.ts';
import type { WrongValue } from '../upgrade/run-checks.ts';
import { keyNotes } from '../upgrade/secrets/key-notes.ts';
import { refuseWrongKey } from '../upgrade/secrets/refuse-wrong-key.ts';
import type { SecretKeys } from '../upgrade/secrets/secret-keys.ts';
import type { TellingTable } from '../upgrade/telling-tables.ts';
import type { Manifest } from '../vault/manifest.ts';
import { readSchemaObject } from '../vault/schema-object.ts';
import { readTables } from '../vault/table-content.ts';
import type { SnapshotRef, Vault } from '../vault/vault.ts';
import type { ContentComparison } from '../verify/compare-content.ts';
import { isAccepted } from './accepted-losses.ts';
import { setForBuilding, setForTheMark } from './building-settings.ts';
import type { ContentProof } from './content.ts';
import { createConstraints, type Relaxed } from './create-constraints.ts';
import { createSchemas, relativeToHome } from './create-schema.ts';
import { createTarget } from './create-target.ts';
import { applySettings, changeOwner } from './finish.ts';
import { dropSources, otherRelease } from './other-release.ts';
import { planRestore, type RestorePlan, type RestoreRequest } from './plan.ts';
import { planWay } from './plan-way.ts';
import { grantsOfModel, refuseHostile } from './refuse-hostile.ts';
import { runAll, runDefinitions } from './run-statements.ts';
import { sameRelease } from './same-release.ts';
import { claimTarget, inspectTarget } from './target.ts';

export interface RestoreOptions {
  vault: Vault;
  ref: SnapshotRef;
  target: Database;
  request: RestoreRequest;
  reporter: Reporter;
  signal: AbortSignal;
  /** Shown the plan before anything is changed; false ends the restore with nothing done. */
  confirm: (plan: RestorePlan) => Promise<boolean>;
  dryRun?: boolean;
  jobs?: number;
  /** For another release: the keys of Letta's secrets. */
  keys?: SecretKeys;
  /** Shown with the plan, and among the warnings in the end. */
  notes?: Warning[];
  /** Id of the plan or of the report whose losses the user accepts. */
  acceptLosses?: string;
  /** The new database is a drill's: part of its mark. */
  drill?: DrillOwner;
  /**
   * Called with the new database when it is proven, while everything that the proof needs is still there. Whoever
   * changes something in it takes it back.
   */
  onProven?: (proven: ProvenDatabase) => Promise<void>;
}

/** A database that was just proven, and the proof to be had again. */
export interface ProvenDatabase {
  session: Session;
  /** Real name of the schema that holds Letta's tables; `search_path` leads there. */
  home: string;
  /** Read back from the database. */
  model: DatabaseModel;
  telling: readonly TellingTable[];
  prove(): Promise<ContentProof>;
}

export interface RestoreResult {
  plan: RestorePlan;
  manifest: Manifest;
  /** False for a dry run, and when the user said no. */
  done: boolean;
  comparison: ContentComparison | null;
  drift: DriftFinding[];
  /** What did not simply come through, measured; empty at the same release. */
  losses: Loss[];
  /** At another release: what came through unchanged, per table of the snapshot. */
  carried: CarriedTable[];
  /** Computed values that are not what they must be. */
  wrong: WrongValue[];
  /** At another release: the agents one by one. */
  agents: AgentComparison[];
  /** Whether the user accepted exactly these losses. */
  accepted: boolean;
  warnings: Warning[];
  timings: Record<string, number>;
}

/**
 * Vault → PostgreSQL: builds a database that holds exactly the snapshot, beside whatever is there, and proves it by
 * reading it back. @throws LifeboatError a refusal of the plan, before anything changed; anything later leaves a
 * database that is marked incomplete.
 */
export async function restore(options: RestoreOptions): Promise<RestoreResult> {
  const { vault, ref, target, request, reporter, signal } = options;
  const keys = options.keys ?? { encryptionKey: null, rekeyTo: null };
  const clock = new PhaseClock(reporter);
  const sessions = new Set<Session>();
  const abort = () => {
    for (const session of sessions) session.abort();
  };
  const open = async (database: Database) => {
    signal.throwIfAborted();
    const session = await database.connect();
    sessions.add(session);
    return session;
  };
  const lock = await vault.lock('shared', 'restore');
  let maintenance: Awaited<ReturnType<typeof connectMaintenance>> | null = null;
  signal.addEventListener('abort', abort, { once: true });
  let begun = false;
  try {
    clock.phase('plan');
    const manifest = await vault.readManifest(ref);
    const schema = await readSchemaObject(vault, manifest);
    const { model: source, grants } = schema;
    const tables = await readTables(vault, manifest);
    refuseHostile(manifest, source, tables);
    const upgrade = await planWay(vault, manifest, source, tables, request, reporter);
    const trial = upgrade && (await refuseWrongKey(vault, tables, keys));
    const model = upgrade?.plan.model ?? source;
    if (target.capabilities.createDatabase) {
      maintenance = await connectMaintenance(target);
      sessions.add(maintenance.session);
    }
    if (maintenance && !options.dryRun) await claimTarget(maintenance.session, target.name);
    const found = await inspectTarget(target, maintenance?.session ?? null);
    const plan = planRestore(manifest, model, found, request, upgrade?.way ?? null);
    if (upgrade && trial) plan.notes.push(...keyNotes(trial, upgrade.way.from.revision, upgrade.way.to.revision));
    if (upgrade?.way.revisions === 0 && !request.rekey)
      plan.notes.push({
        code: 'release-same',
        message: `the snapshot is of Letta ${upgrade.way.from.release} already: nothing is upgraded`,
        partial: false,
      });
    plan.notes.push(...(options.notes ?? []));
    const result: RestoreResult = {
      plan,
      manifest,
      done: false,
      comparison: null,
      drift: [],
      losses: plan.way?.losses ?? [],
      carried: [],
      wrong: [],
      agents: [],
      accepted: isAccepted(options.acceptLosses, plan, plan.way?.losses ?? []),
      warnings: [...plan.notes],
      timings: {},
    };
    if (options.dryRun) return result;
    const refusal = plan.refusals[0];
    if (refusal?.code === 'target-not-empty' && found.existing) throw notEmpty(target, found.existing.contents, found.existing.mark);
    if (refusal) throw new LifeboatError(refusal.code, { ...refusal.facts, refusals: plan.refusals.length });
    if (!(await options.confirm(plan))) return result;

    clock.phase('create');
    begun = true;
    const home = plan.target.home;
    const place = { vault, manifest, schema, tables, home };
    const content = upgrade
      ? otherRelease({ ...place, plan: upgrade.plan, release: upgrade.way.to.release, keys }, reporter, signal)
      : sameRelease(place, reporter, signal);
    const mark: RestoreMark = {
      lifeboat: 1,
      state: 'incomplete',
      vault: vault.id,
      snapshot: manifest.id,
      plan: plan.id,
      created: plan.target.create,
      time: new Date().toISOString(),
      ...(options.drill && { drill: options.drill }),
    };
    result.warnings.push(...(await createTarget(target, maintenance?.session ?? null, plan, manifest.source, mark)));
    const main = await open(target);
    await setForBuilding(main);
    // An embedded database goes by its directory's name, but has another one inside.
    const database = (await main.query('select current_database() as name'))[0]?.name ?? target.name;
    result.warnings.push(...(await createSchemas(main, home, model, manifest.source.publicExists)));
    await relativeToHome(main, home, model);
    const ddl = schemaStatements(model, home, { withObjects: request.withObjects });
    for (const left of ddl.leftOut)
      result.warnings.push({
        code: 'definition-left-out',
        message: `${left.object}: ${left.what} runs code that only --with-objects allows: ${left.text}`,
        partial: true,
      });
    await runAll(main, [...ddl.types, ...ddl.sequences], signal);
    result.warnings.push(...(await runDefinitions(main, ddl.preObjects)));
    await runAll(main, ddl.tables, signal);

    clock.phase('load', { rows: manifest.totals.rows, bytes: manifest.totals.bytes });
    const workers = [main];
    while (workers.length < Math.min(options.jobs ?? 2, target.capabilities.sessions)) {
      const worker = await open(target);
      await setForBuilding(worker);
      await relativeToHome(worker, home, model);
      workers.push(worker);
    }
    const loaded = await content.load(workers);
    result.losses = [...result.losses, ...loaded.losses];
    result.warnings.push(...loaded.warnings);
    result.accepted = isAccepted(options.acceptLosses, plan, result.losses);

    clock.phase('index');
    const relaxed: Relaxed = { names: new Set(), warnings: result.warnings };
    await createConstraints(workers, ddl, relaxed, signal);
    await runAll(main, ddl.sequenceOwners, signal);

    clock.phase('finish');
    await content.setSequences(main);
    result.warnings.push(...(await runDefinitions(main, ddl.postObjects)));
    result.warnings.push(
      ...(await applySettings(main, database, manifest.source.settings, {
        from: manifest.source.home,
        to: home,
      })),
    );
    if (request.owner !== null) await changeOwner(main, database, home, model, request.owner);
    const { kept: own, strange } = grantsOfModel(grants, source);
    // At another release some of the snapshot's objects are gone; they are in the loss report where they held anything.
    const { kept } = grantsOfModel(own, model);
    if (strange.length > 0)
      result.warnings.push({
        code: 'grant-refused',
        message: `rights on ${strange.length} object(s) that are not the snapshot's own were left out; the first: ${strange[0]?.kind} ${strange[0]?.schema ?? home}.${strange[0]?.name}`,
        partial: true,
      });
    result.warnings.push(...(await applyGrants(main, home, database, kept, found.roles, request.owner)));
    await analyze(workers, signal);

    clock.phase('prove', { rows: manifest.totals.rows, bytes: manifest.totals.bytes });
    const rebuilt = await introspect(main, home);
    result.drift = compareSchemas(ddl.built, rebuilt).filter(
      (finding) => finding.severity === 'drift' && !(relaxed.names.has(finding.name) && content.mayRelax(finding.table, finding.name)),
    );
    const proof = await content.prove(workers, ddl.built, rebuilt);
    result.comparison = proof.comparison;
    result.carried = proof.carried;
    result.wrong = proof.wrong;
    result.agents = proof.agents;
    const proven =
      result.comparison.equal && result.wrong.length === 0 && result.agents.every(({ there }) => there) && result.drift.length === 0;
    if (proven && options.onProven) {
      clock.phase('self-test', { rows: manifest.totals.rows, bytes: manifest.totals.bytes });
      const prove = () => content.prove(workers, ddl.built, rebuilt);
      await options.onProven({ session: main, home, model: rebuilt, telling: await content.telling(main), prove });
    }
    if (proven && upgrade) await dropSources(main);
    await setForTheMark(main);
    if (proven) await main.query(markSql(database, { ...mark, state: 'complete' }));
    for (const warning of result.warnings) reporter.warning(warning);
    clock.end();
    return { ...result, done: true, timings: clock.seconds() };
  } catch (error) {
    abort();
    if (begun)
      reporter.warning({
        code: 'restore-unfinished',
        message: `${target.name} is unfinished and marked so; the same command replaces it`,
        partial: true,
      });
    if (signal.aborted) throw new LifeboatError(begun ? 'restore-interrupted' : 'interrupted', { database: target.name }, { cause: error });
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
    await Promise.all([...sessions].map((session) => session.close()));
    await maintenance?.database.close();
    await lock.release();
  }
}
