import { releases, releasesAt } from '../../letta/catalogue.ts';
import { LifeboatError } from '../../report/errors.ts';
import type { ServerProgram } from './server-program.ts';

/** From here on archival memory is in archives, which is how the comparison asks for it; tried with real servers 0.11.3 to 0.16.8. */
const oldest = '0.11.0';

/**
 * Whether a server may meet a database: its own migrations have to end at the database's revision.
 * @param path as the user gave it, for messages
 * @throws LifeboatError letta-program-release | letta-program-unusable
 */
export function requireRelease({ version }: ServerProgram, path: string, revision: string | null): void {
  const here = revision === null ? [] : releasesAt(revision);
  if (!here.includes(version)) {
    throw new LifeboatError('letta-program-release', {
      path,
      version,
      release: here.length > 0 ? `release ${here.join(' or ')}` : `revision ${revision ?? '(none)'}`,
      wanted: here.join(' or ') || 'a release that ends at that revision',
      orRelease: releases().some((release) => release.version === version) ? `, or restore to its release: --release ${version}` : '',
    });
  }
  const order = releases().map((release) => release.version);
  if (order.indexOf(version) < order.indexOf(oldest)) {
    const reason = `Letta ${version} is older than ${oldest}, the oldest whose answers Lifeboat can compare.`;
    throw new LifeboatError('letta-program-unusable', { path, reason });
  }
}
