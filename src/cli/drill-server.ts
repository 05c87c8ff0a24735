import type { DrillOptions } from '../drill/drill.ts';
import { bootServer } from '../drill/server/boot-server.ts';
import type { ServerProgram } from '../drill/server/server-program.ts';
import { requireRelease } from '../drill/server/server-release.ts';
import type { ThrowawayPlan } from '../drill/throwaway.ts';
import type { TargetRevision } from '../letta/find-revision.ts';
import { LifeboatError } from '../report/errors.ts';
import type { SecretKeys } from '../upgrade/secrets/secret-keys.ts';
import type { Manifest } from '../vault/manifest.ts';
import { usageError } from './usage-error.ts';

/** The server that --server names, looked at before anything is restored; null where none is asked for. */
export interface DrillServer {
  program: ServerProgram;
  /** What a drill of this snapshot does with it. @throws LifeboatError letta-program-release */
  for(manifest: Manifest, release: TargetRevision | null): NonNullable<DrillOptions['bootServer']>;
}

/** @throws LifeboatError drill-server-embedded | usage */
export function drillServer(
  path: string | undefined,
  program: ServerProgram | null,
  plan: ThrowawayPlan,
  on: string | undefined,
  keys: SecretKeys,
): DrillServer | null {
  if (path === undefined || program === null) return null;
  if (plan.kind === 'embedded') throw new LifeboatError('drill-server-embedded');
  if (on === '-')
    throw usageError(
      '--server needs the URL of the server; - says nothing that a Letta server could be given.',
      'Give --on postgresql://…',
    );
  return {
    program,
    for(manifest, release) {
      requireRelease(program, path, release?.revision.revision ?? manifest.letta.revision);
      return ({ throwaway, reporter, signal }) => {
        if (throwaway.url === null) throw new LifeboatError('drill-server-embedded');
        const encryptionKey = keys.rekeyTo ?? keys.encryptionKey;
        return bootServer({ program, url: throwaway.url, directory: throwaway.directory, encryptionKey, reporter, signal });
      };
    },
  };
}
