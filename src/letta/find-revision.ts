import { findRelease, type Revision, releases, releasesAt, revisionInfo } from './catalogue.ts';

/** What a person means by `--release`: a revision, and the newest release that it belongs to. */
export interface TargetRevision {
  revision: Revision;
  /** `0.16.8`; null for a revision between two releases. */
  release: string | null;
}

/** `0.16.2`, `v0.16.2`, `letta/letta:0.16.2`, a revision, or `latest` (the last release that there is); null for anything else. */
export function findTargetRevision(text: string): TargetRevision | null {
  const wanted = text.trim();
  const release = wanted === 'latest' ? releases().at(-1) : findRelease(wanted);
  const revision = revisionInfo(release?.head ?? wanted);
  if (revision === undefined) return null;
  return { revision, release: release?.version ?? releasesAt(revision.revision).at(-1) ?? null };
}

/** Upwards from the first release that Lifeboat knows (0.6.0); downwards to the first with archives (0.11.0). */
export function isSupportedWay(from: Revision, to: Revision): boolean {
  return to.position >= from.position ? from.position >= 9 : to.position >= 107;
}
