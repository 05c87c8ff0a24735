import { createHash } from 'node:crypto';
import type { RestoreMark } from '../postgres/build-mark.ts';
import type { Neighbour } from '../postgres/place.ts';
import { LifeboatError } from '../report/errors.ts';
import type { Warning } from '../report/progress.ts';
import type { Manifest } from '../vault/manifest.ts';
import { differencesOf, type Looked } from './look.ts';
import { parseMarks } from './marks.ts';
import { asideName } from './names.ts';

/** A switch as data: printable, and the same id as long as nothing changed. */
export interface SwitchPlan {
  id: string;
  name: string;
  built: string;
  /** What the database that has the name now will be called; null when nothing has it. */
  former: string | null;
  /** The snapshot that `built` came from. */
  snapshot: string;
  /** When that was taken, ISO 8601; null where no vault could be asked. */
  snapshotTime: string | null;
  /** Releases before and after; empty where unknown. */
  releases: { before: string[]; after: string[] };
  /** Whether there are rows to compare with the snapshot. */
  compares: boolean;
  steps: string[];
  notes: Warning[];
}

export interface SwitchFacts {
  name: string;
  built: Neighbour;
  builtInside: Looked;
  live: Neighbour | null;
  liveInside: Looked | null;
  /** The snapshot that `built` came from, where it could be read. */
  manifest: Manifest | null;
  /** Notes about snapshots that are newer. */
  newer: readonly Warning[];
  taken: ReadonlySet<string>;
  now: Date;
}

/** Pure: everything that it needs was looked up before. */
export function planSwitch({ name, built, builtInside, live, liveInside, manifest, newer, taken, now }: SwitchFacts): SwitchPlan {
  const former = live === null ? null : asideName(name, 'before', now, taken);
  const compares = liveInside !== null && !liveInside.empty;
  const steps = [
    `shut ${live === null ? built.name : `${name} and ${built.name}`} off: nobody can connect meanwhile`,
    ...(compares
      ? [`compare every row of ${name} with the snapshot that ${built.name} came from; refuse if anything was written since`]
      : []),
    former === null ? `rename ${built.name} to ${name}` : `rename ${name} to ${former} and ${built.name} to ${name}, at once`,
    'let connections in again',
  ];
  const plan = {
    name,
    built: built.name,
    snapshot: builtInside.buildMark?.snapshot ?? '',
    releases: { before: liveInside?.releases ?? [], after: builtInside.releases },
    compares,
    notes: [...(live === null ? [] : differencesOf(built, live)), ...newer],
  };
  // The former's name holds the time: a plan is the same a minute later.
  const id = createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 12);
  return { id, ...plan, snapshotTime: manifest?.time ?? null, former, steps };
}

/** The mark of a database that may take the place of another. @throws LifeboatError not-built | built-incomplete | built-used */
export function requireBuilt(built: Neighbour, { buildMark }: Looked): RestoreMark {
  const used = parseMarks(built.note);
  if (used?.state === 'former')
    throw new LifeboatError('built-used', { database: built.name, what: `what had the name ${used.name} before a switch` });
  if (used?.state === 'switched')
    throw new LifeboatError('built-used', { database: built.name, what: `in use: it has its name since a switch` });
  if (buildMark === null) throw new LifeboatError('not-built', { database: built.name });
  if (buildMark.state !== 'complete') throw new LifeboatError('built-incomplete', { database: built.name });
  return buildMark;
}
