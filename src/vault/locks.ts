import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { LifeboatError } from '../report/errors.ts';
import type { Reporter } from '../report/progress.ts';
import { bytesBody } from './bytes-body.ts';
import { canonicalJson } from './canonical-json.ts';
import { collect } from './join-chunks.ts';
import { canJudge, evidenceOfDeath, type Processes, systemProcesses } from './process-identity.ts';
import type { ObjectInfo, Store } from './store.ts';

/**
 * A lock whose process cannot be judged from here (another host or container) holds for this long by the store's
 * clock. Locks only spare work — safety rests on the order of writes — so a week is a courtesy, not a guarantee.
 */
export const foreignLockAge = 7 * 24 * 3600 * 1000;
/** An unreadable lock may be one that is being written on a store without atomic puts; later it is rubbish. */
const unreadableLockAge = 3600 * 1000;
const lockLimit = 4096;

const short = v.pipe(
  v.string(),
  v.maxLength(255),
  v.check((value) => !/\p{Cc}/u.test(value)),
);
const lockSchema = v.strictObject({
  mode: v.picklist(['shared', 'exclusive']),
  purpose: short,
  host: short,
  machine: short,
  boot: short,
  pidNamespace: short,
  pid: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  start: short,
  created: v.pipe(v.string(), v.isoTimestamp()),
});
type LockFile = v.InferOutput<typeof lockSchema>;

export interface HeldLock {
  release(): Promise<void>;
}

/**
 * Takes a lock: writes its own file first, then looks for others, so that of two who come together at least one sees
 * the other. @throws LifeboatError locked
 */
export async function takeLock(
  store: Store,
  mode: 'shared' | 'exclusive',
  purpose: string,
  reporter: Reporter,
  processes: Processes = systemProcesses,
): Promise<HeldLock> {
  const now = await store.now();
  const path = `locks/${randomBytes(8).toString('hex')}.json`;
  const lock: LockFile = { mode, purpose, ...processes.self(), created: now.toISOString() };
  await store.put(path, bytesBody(Buffer.from(canonicalJson(lock))));
  const release = () => store.delete(path);
  try {
    for await (const info of store.list('locks/')) {
      if (info.path === path) continue;
      const other = await readLock(store, info.path);
      const stale = staleness(other, info, now, processes);
      if (stale !== null) {
        reporter.detail(`A stale lock was removed (${info.path}): ${stale}.`);
        await store.delete(info.path);
      } else if (other === null || (other !== 'gone' && (mode === 'exclusive' || other.mode === 'exclusive'))) {
        throw conflict(store.location, other, info);
      }
    }
  } catch (cause) {
    await release();
    throw cause;
  }
  return { release };
}

function conflict(vault: string, other: LockFile | null, info: ObjectInfo): LifeboatError {
  const facts = other
    ? { purpose: other.purpose, host: other.host, pid: other.pid, since: other.created }
    : { purpose: 'somebody', host: 'unknown host', pid: 'unknown', since: info.modified.toISOString() };
  return new LifeboatError('locked', { vault, lock: info.path, ...facts });
}

async function readLock(store: Store, path: string): Promise<LockFile | null | 'gone'> {
  try {
    const result = v.safeParse(lockSchema, JSON.parse((await collect(store.get(path), lockLimit)).toString('utf8')));
    return result.success ? result.output : null;
  } catch (cause) {
    if (cause instanceof LifeboatError && cause.code === 'object-missing') return 'gone';
    if (cause instanceof LifeboatError) throw cause;
    return null;
  }
}

function staleness(lock: LockFile | null | 'gone', info: ObjectInfo, now: Date, processes: Processes): string | null {
  if (lock === 'gone') return null;
  const age = now.getTime() - info.modified.getTime();
  if (lock === null) return age > unreadableLockAge ? 'it cannot be read and is old' : null;
  const death = evidenceOfDeath(lock, processes);
  if (death !== null) return `${death} (${lock.purpose}, since ${lock.created})`;
  if (canJudge(lock, processes) || age <= foreignLockAge) return null;
  return `${lock.purpose} by ${lock.host}, process ${lock.pid}, has been there since ${lock.created}`;
}
