import { embeddedPlan, largestEmbedded } from '../drill/embedded-throwaway.ts';
import { localPlan } from '../drill/local-throwaway.ts';
import { serverPlan } from '../drill/server-throwaway.ts';
import type { ThrowawayPlan } from '../drill/throwaway.ts';
import type { Database } from '../postgres/database.ts';
import { openDatabase } from '../postgres/open-database.ts';
import { LifeboatError } from '../report/errors.ts';
import { formatBytes } from '../report/format.ts';
import { namesDatabase } from './names-database.ts';
import { usageError } from './usage-error.ts';

export interface PlaceFlags {
  on?: string;
  /** Directory of PostgreSQL's programs. */
  postgres?: string;
  /** PostgreSQL may be fetched where this host has none. */
  fetch?: true;
}

/** Where a drill takes place, and the server that it is asked to take place on. */
export interface DrillPlace {
  plan: ThrowawayPlan;
  server: Database | null;
  /** Why it is this one, where nobody said. */
  why: string | null;
}

/** What can be known of these flags before a vault is opened. @throws LifeboatError usage | drill-not-a-server | bad-database-url */
export function checkPlace({ on, postgres, fetch }: PlaceFlags, environment: NodeJS.ProcessEnv): void {
  if (postgres !== undefined && on !== undefined && on !== 'local')
    throw usageError('--postgres says where the programs for --on local are.', 'Leave one of the two out.');
  if (fetch && (postgres !== undefined || (on !== undefined && on !== 'local')))
    throw usageError('--fetch gets the programs for --on local.', 'Leave one of the two out.');
  if (on === undefined || on === 'local' || on === 'embedded') return;
  if (!namesDatabase(on))
    throw usageError(
      `--on ${on}: there is no such place.`,
      'Give --on embedded, --on local, or the URL of a server: --on postgresql://USER@HOST/DATABASE.',
    );
  // Opening connects to nothing yet: it reads the URL.
  const { kind, label } = openDatabase(on, { environment });
  if (kind === 'embedded') throw new LifeboatError('drill-not-a-server', { database: label });
}

/**
 * The place that --on names. Without it: a PostgreSQL server of its own where this host has the programs, which is
 * nearest to a real recovery; else embedded, as far as that goes. `checkPlace` has found the flags right.
 *
 * @param largest plain bytes of the largest snapshot to be drilled
 * @throws LifeboatError drill-no-postgres | bad-database-url
 */
export async function drillPlace(
  { on, postgres, fetch }: PlaceFlags,
  environment: NodeJS.ProcessEnv,
  largest: number,
): Promise<DrillPlace> {
  if (on === 'embedded') return { plan: embeddedPlan(), server: null, why: null };
  if (on === undefined || on === 'local') {
    const local = await localPlan({ environment, fetch: fetch ?? false, ...(postgres !== undefined && { directory: postgres }) });
    if (local.plan) return { plan: local.plan, server: null, why: null };
    const needed = on === 'local' || postgres !== undefined || fetch;
    if (needed || largest > largestEmbedded())
      throw new LifeboatError('drill-no-postgres', {
        reason: needed ? local.why : `${local.why}; and ${formatBytes(largest)} are too much for an embedded one`,
      });
    return { plan: embeddedPlan(), server: null, why: local.why };
  }
  const server = openDatabase(on, { environment });
  return { plan: serverPlan(server, on === '-' ? null : on), server, why: null };
}
