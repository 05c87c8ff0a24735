import { proofOf } from '../../drill/proof-state.ts';
import { exitCodes } from '../../report/exit-codes.ts';
import { readCensus } from '../../vault/census-object.ts';
import { readTables } from '../../vault/table-content.ts';
import type { Context, VaultFlags } from '../context.ts';
import { readProven } from '../read-proven.ts';
import { resolveSnapshot } from '../resolve-snapshot.ts';
import { vaultOf } from '../use-vault.ts';
import { vaultWords } from '../vault-words.ts';
import { agentTable, secretsText, tableTable } from '../views/snapshot-content.ts';
import { provenText, snapshotFacts, snapshotFields } from '../views/snapshot-facts.ts';

export async function show(context: Context, flags: VaultFlags & { tables?: true; agents?: true }, text: string): Promise<number> {
  const { output } = context;
  const vault = await vaultOf(context, flags);
  const ref = await resolveSnapshot(vault, text, output);
  const manifest = await vault.readManifest(ref);
  const { bound } = await readProven(vault, [{ ref, manifest }], new Date());
  const drilled = proofOf(ref.file, bound);
  if (flags.tables) output.table(tableTable(await readTables(vault, manifest)));
  if (flags.agents) output.table(agentTable((await readCensus(vault, manifest)).agents));
  const opening = vaultWords(vault, flags);
  const listing = flags.tables || flags.agents;
  output.summary({
    fields: { ...snapshotFields(manifest, drilled), warnings: manifest.warnings, secrets: manifest.secrets, timings: manifest.timings },
    tone: 'good',
    title: `Snapshot ${manifest.id}`,
    facts: listing ? [] : [...snapshotFacts(manifest), ['secrets', secretsText(manifest.secrets)], ['proven', provenText(drilled)]],
    ...(!listing && { warnings: manifest.warnings, essential: true }),
    next: listing ? [] : [`lifeboat verify ${manifest.id} ${opening}`, `lifeboat restore ${manifest.id} ${opening} --to DB`],
  });
  return exitCodes.done;
}
