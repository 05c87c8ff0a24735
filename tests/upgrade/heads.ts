import { releases, revisionInfo } from '../../src/letta/catalogue.ts';

/** The 62 revisions that a release ends with, oldest first. */
export function heads(): string[] {
  return [...new Set(releases().map(({ head }) => head))];
}

/** A few of them, where most of what differs between neighbours is seen: for every `npm test`. */
export function sampleHeads(): string[] {
  const places = [9, 15, 24, 39, 57, 77, 104, 109, 117, 141, 153, 167];
  return heads().filter((revision) => places.includes(revisionInfo(revision)?.position ?? 0));
}

/** Where an interrupted upgrade may have stopped, and what was there between two releases only. */
export const betweenReleases: readonly string[] = ['7778731d15e2', '25fc99e97839'];
