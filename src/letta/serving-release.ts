import { type Revision, releases, releasesAt, revisionInfo } from './catalogue.ts';

/**
 * The release whose server meets a database at this revision. Several releases can share one: the newest counts, for
 * it is the one that people install. A revision between two heads is migrated on by the next release's server first.
 */
export function servingRelease(revision: Revision): string {
  const here = releasesAt(revision.revision).at(-1);
  const next = releases().find(({ head }) => (revisionInfo(head)?.position ?? 0) > revision.position);
  const found = here ?? next?.version ?? releases().at(-1)?.version;
  if (found === undefined) throw new RangeError('the catalogue knows no release');
  return found;
}

/** Whether a release of the catalogue is another one or came after it. */
export function isSince(release: string, since: string): boolean {
  return placeOf(release) >= placeOf(since);
}

function placeOf(release: string): number {
  const place = releases().findIndex(({ version }) => version === release);
  if (place < 0) throw new RangeError(`no release ${release} in the catalogue`);
  return place;
}
