import { clockTolerance } from '../drill/bind-proofs.ts';
import { type Standing, standings } from '../drill/proof-state.ts';
import { revisionInfo } from '../letta/catalogue.ts';
import type { LifeboatError } from '../report/errors.ts';
import { exitCodes } from '../report/exit-codes.ts';
import type { Warning } from '../report/progress.ts';
import type { KeyListing } from '../vault/key-ring.ts';
import type { Manifest } from '../vault/manifest.ts';
import { isOf } from '../vault/snapshot-source.ts';
import type { Vault } from '../vault/vault.ts';
import type { DatabaseGlance } from './look-at-database.ts';
import type { Proven, SoundSnapshot } from './read-proven.ts';
import type { ListedSnapshot } from './views/snapshot-facts.ts';
import { proofWarnings, standingWarnings } from './warn-of-proofs.ts';

/** `name`: of the database that was looked for. */
export type DatabaseState = { label: string; glance: DatabaseGlance } | { label: string; name: string; error: LifeboatError };

export interface StatusFacts {
  vault: Vault;
  snapshots: readonly ListedSnapshot[];
  proven: Proven;
  keys: readonly KeyListing[];
  locks: number;
  database: DatabaseState | null;
  now: Date;
  /** How old the last proven restore and the last backup may be, in milliseconds. */
  maxAge: { proof: number; backup: number };
}

export interface Verdict {
  exit: number;
  /** What is led with: the named database; without one the worst. Null: there is no snapshot of it. */
  leading: Standing<SoundSnapshot> | null;
  /** Every source in the vault, the worst first. */
  sources: Standing<SoundSnapshot>[];
  /** Those that the exit code is about: the named database, or all. */
  judged: Standing<SoundSnapshot>[];
  /** Newest sound snapshot: of the database where one is named. */
  newest: Manifest | null;
  warnings: Warning[];
}

/** How well prepared this vault's owner is. A drill that failed outweighs all but damage and a database out of reach. Pure. */
export function assess(facts: StatusFacts): Verdict {
  const { vault, snapshots, proven, keys, database, now, maxAge } = facts;
  const warnings: Warning[] = [];
  const warn = (code: string, message: string) => warnings.push({ code, message, partial: true });
  const glance = database && 'glance' in database ? database.glance : null;
  const sources = standings(proven.sound, proven.bound, { now, maxAge: maxAge.proof });
  const judged = glance ? sources.filter(({ newest }) => isOf(newest.manifest, glance.source)) : sources;
  const [leading = null] = judged;
  const newest = glance ? (leading?.newest.manifest ?? null) : (proven.sound.at(-1)?.manifest ?? null);

  for (const standing of judged) warnings.push(...standingWarnings(standing, { now, maxAge }));
  if (!vault.sealed) warn('vault-not-sealed', 'The vault is not encrypted: whoever holds it can read it.');
  if (newest === null) warn('no-snapshots', glance ? 'There is no snapshot of this database yet.' : 'There is no snapshot yet.');
  for (const listed of snapshots) {
    if ('error' in listed) warn(listed.error.code, listed.error.message);
    if (listed.ref.time.getTime() > now.getTime() + clockTolerance)
      warn(
        'snapshot-in-future',
        `${listed.ref.id} says that it was taken in the future (${listed.ref.time.toISOString()}): a clock was or is wrong.`,
      );
  }
  warnings.push(...proofWarnings(proven));
  for (const key of keys) if (key.kind === null) warn('key-file-damaged', `Key file ${key.id} is damaged.`);
  if (glance && newest) warnings.push(...revisionWarnings(glance, newest));
  if (database && 'error' in database) warn(database.error.code, database.error.message);

  const damaged = [...snapshots, ...proven.listed].some((listed) => 'error' in listed && listed.error.code !== 'format-newer');
  const exit = damaged
    ? exitCodes.corruption
    : database && 'error' in database
      ? database.error.exit
      : judged.some(({ state }) => state === 'failed')
        ? exitCodes.differences
        : warnings.some(({ partial }) => partial)
          ? exitCodes.partial
          : exitCodes.done;
  return { exit, leading, sources, judged, newest, warnings };
}

/** A server that was started on another image migrates its database by itself: then the last backup is of another release. */
function revisionWarnings(glance: DatabaseGlance, newest: Manifest): Warning[] {
  const [now] = glance.revisions;
  const then = newest.letta.revision;
  if (glance.revisions.length === 1 && now === then) return [];
  const [here, there] = [revisionInfo(now ?? '')?.position, revisionInfo(then ?? '')?.position];
  const direction = here === undefined || there === undefined ? 'changed' : here > there ? 'upgraded' : 'set back';
  return [
    {
      code: 'revision-changed',
      message: `The database was ${direction} since the last backup: revision ${glance.revisions.join(', ') || 'none'} now, ${then ?? 'none'} then. That backup restores to the release of that time; make a new one.`,
      partial: true,
    },
  ];
}
