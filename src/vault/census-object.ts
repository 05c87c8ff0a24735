import * as v from 'valibot';
import { LifeboatError } from '../report/errors.ts';
import type { Manifest } from './manifest.ts';
import { readJson } from './table-content.ts';
import type { Vault } from './vault.ts';

const census = v.object({
  agents: v.array(
    v.object({
      id: v.string(),
      name: v.nullable(v.string()),
      organization: v.nullable(v.string()),
      deleted: v.boolean(),
      hidden: v.boolean(),
      messages: v.number(),
    }),
  ),
});

/** An agent as the census of a snapshot lists it; `messages` is how many it has. */
export type CensusAgent = v.InferOutput<typeof census>['agents'][number];

/** Who lived in the database. @throws LifeboatError snapshot-damaged | object-missing | object-damaged */
export async function readCensus(vault: Vault, manifest: Manifest): Promise<{ agents: CensusAgent[] }> {
  const result = v.safeParse(census, await readJson(vault, 'census', manifest.census));
  if (result.success) return result.output;
  throw new LifeboatError('snapshot-damaged', {
    reason: `the census is not as the format says (${v.getDotPath(result.issues[0]) ?? 'root'})`,
  });
}
