import { exitCodes } from '../../report/errors.ts';
import { shellWord } from '../../report/format.ts';
import { readJson, readTables } from '../../vault/table-content.ts';
import type { Context, VaultFlags } from '../context.ts';
import { resolveSnapshot } from '../resolve-snapshot.ts';
import { vaultOf } from '../use-vault.ts';
import { agentTable, parseCensus, secretsText, tableTable } from '../views/snapshot-content.ts';
import { snapshotFacts, snapshotFields } from '../views/snapshot-facts.ts';

export async function show(context: Context, flags: VaultFlags & { tables?: true; agents?: true }, text: string): Promise<number> {
  const { output } = context;
  const vault = await vaultOf(context, flags);
  const manifest = await vault.readManifest(await resolveSnapshot(vault, text, output));
  if (flags.tables) output.table(tableTable(await readTables(vault, manifest)));
  if (flags.agents) output.table(agentTable(parseCensus(await readJson(vault, 'census', manifest.census)).agents));
  const place = shellWord(vault.store.location);
  const listing = flags.tables || flags.agents;
  output.summary({
    fields: { ...snapshotFields(manifest), warnings: manifest.warnings, secrets: manifest.secrets, timings: manifest.timings },
    tone: 'good',
    title: `Snapshot ${manifest.id}`,
    facts: listing ? [] : [...snapshotFacts(manifest), ['secrets', secretsText(manifest.secrets)], ['proven', 'not proven']],
    ...(!listing && { timings: manifest.timings, warnings: manifest.warnings, essential: true }),
    next: listing ? [] : [`lifeboat verify ${manifest.id} --vault ${place}`, `lifeboat restore ${manifest.id} --vault ${place} --to DB`],
  });
  return exitCodes.done;
}
