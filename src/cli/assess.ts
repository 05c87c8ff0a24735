import { revisionInfo } from '../letta/catalogue.ts';
import type { LifeboatError } from '../report/errors.ts';
import { exitCodes } from '../report/exit-codes.ts';
import type { Warning } from '../report/progress.ts';
import type { KeyListing } from '../vault/key-ring.ts';
import type { Manifest } from '../vault/manifest.ts';
import type { Vault } from '../vault/vault.ts';
import type { DatabaseGlance } from './look-at-database.ts';
import { isOf } from './resolve-snapshot.ts';
import type { ListedSnapshot } from './views/snapshot-facts.ts';

export type DatabaseState = { label: string; glance: DatabaseGlance } | { label: string; error: LifeboatError };

export interface StatusFacts {
  vault: Vault;
  snapshots: readonly ListedSnapshot[];
  keys: readonly KeyListing[];
  locks: number;
  database: DatabaseState | null;
  now: Date;
}

export interface Verdict {
  exit: number;
  /** Newest sound snapshot: of the database where one is named. */
  newest: Manifest | null;
  warnings: Warning[];
}

/** Clocks differ by a little; beyond this a snapshot's time is wrong. */
const clockTolerance = 5 * 60 * 1000;

/** How well prepared this vault's owner is. Pure. */
export function assess(facts: StatusFacts): Verdict {
  const { vault, snapshots, keys, database, now } = facts;
  const warnings: Warning[] = [];
  const warn = (code: string, message: string) => warnings.push({ code, message, partial: true });
  const sound = snapshots.flatMap((listed) => ('manifest' in listed ? [listed.manifest] : []));
  const glance = database && 'glance' in database ? database.glance : null;
  const newest = (glance ? sound.filter((manifest) => isOf(manifest, glance.source)) : sound).at(-1) ?? null;

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
  for (const key of keys) if (key.kind === null) warn('key-file-damaged', `Key file ${key.id} is damaged.`);
  if (glance && newest) warnings.push(...revisionWarnings(glance, newest));
  if (database && 'error' in database) warn(database.error.code, database.error.message);

  const damaged = snapshots.some((listed) => 'error' in listed && listed.error.code !== 'format-newer');
  const exit = damaged
    ? exitCodes.corruption
    : database && 'error' in database
      ? database.error.exit
      : warnings.length > 0
        ? exitCodes.partial
        : exitCodes.done;
  return { exit, newest, warnings };
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
