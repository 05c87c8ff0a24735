import { findRelease, modelAt } from '../letta/catalogue.ts';
import { servingRelease } from '../letta/serving-release.ts';
import type { Session } from '../postgres/database.ts';
import type { Reporter } from '../report/progress.ts';
import { objectKey, quoteIdent } from '../schema/model.ts';
import { adaptRows, checkSecrets } from '../upgrade/adapt-rows.ts';
import { sourceSchema } from '../upgrade/built.ts';
import { compareAgents } from '../upgrade/compare-agents.ts';
import { loadRelease } from '../upgrade/load-release.ts';
import { measureLosses } from '../upgrade/measure-losses.ts';
import { proveRelease } from '../upgrade/prove-release.ts';
import type { SecretKeys } from '../upgrade/secrets/secret-keys.ts';
import { setSequencesAt } from '../upgrade/sequence-values.ts';
import { tellingTables } from '../upgrade/telling-tables.ts';
import { agentNamesKey } from '../upgrade/unguarded-uniques.ts';
import type { UpgradePlan } from '../upgrade/upgrade-plan.ts';
import type { Manifest, TableEntry } from '../vault/manifest.ts';
import type { SchemaObject } from '../vault/schema-object.ts';
import type { Vault } from '../vault/vault.ts';
import type { SnapshotContent } from './content.ts';
import { setSequences } from './finish.ts';

interface Named {
  schema: string | null;
  name: string;
}

/** The snapshot's rows in another release's schema. */
export function otherRelease(
  {
    vault,
    manifest,
    schema,
    tables,
    home,
    plan,
    release,
    keys,
  }: {
    vault: Vault;
    manifest: Manifest;
    schema: SchemaObject;
    tables: TableEntry[];
    home: string;
    plan: UpgradePlan;
    /** Of the server that is to run on it; the newest one at that revision where it is none. */
    release: string;
    keys: SecretKeys;
  },
  reporter: Reporter,
  signal: AbortSignal,
): SnapshotContent {
  const context = {
    plan,
    release: findRelease(release)?.version ?? servingRelease(plan.chain.to),
    vault,
    home,
    entries: new Map(tables.map((entry) => [objectKey(entry), entry])),
  };
  const options = { release: findRelease(release)?.version ?? servingRelease(plan.chain.to), keys, reporter, signal };
  return {
    model: plan.model,
    load: async (sessions) => {
      await loadRelease(sessions, context, reporter, signal);
      const measured = await measureLosses(sessions, plan.chain, signal);
      const { losses, warnings } = await adaptRows(sessions, context, options);
      return { losses: [...measured, ...losses], warnings };
    },
    setSequences: async (main) => {
      const letta = modelAt(plan.chain.to.revision);
      await setSequencesAt(main, home, letta, schema.model, manifest.sequences);
      // The user's own go on where they were, whichever way they count.
      const own = new Set(plan.model.sequences.filter((each) => !isLettas(letta.sequences, each)).map(objectKey));
      const ownTables = new Set(plan.own.map(objectKey));
      await setSequences(
        main,
        home,
        manifest.sequences.filter((each) => own.has(objectKey(each))),
        schema.identityValues.filter(({ schema, table }) => ownTables.has(objectKey({ schema, name: table }))),
      );
    },
    // Letta's own are all made: what would contradict them was set aside.
    mayRelax: (table, constraint) => constraint === agentNamesKey || plan.own.some((own) => objectKey(own) === table),
    prove: async (sessions) => {
      const { differences, wrong, carried, ...read } = await proveRelease(sessions, context, schema.model, reporter, signal);
      return {
        comparison: {
          equal: differences.length === 0,
          tables: read.tables,
          rows: read.rows,
          bytes: read.bytes,
          differences: differences.map((each) => ({ ...each, reason: 'content' as const, segmentsDiffering: 0 })),
        },
        carried,
        wrong: [...wrong, ...(await checkSecrets(sessions[0]!, context, options))],
        agents: await compareAgents(sessions[0]!, context, manifest, differences),
      };
    },
    telling: (main) => tellingTables(main, context),
  };
}

const isLettas = (letta: readonly Named[], { schema, name }: Named): boolean =>
  letta.some((each) => each.schema === schema && each.name === name);

/** Removes what only the building and its proof needed. */
export async function dropSources(session: Session): Promise<void> {
  await session.query(`drop schema if exists ${quoteIdent(sourceSchema)} cascade`);
}
