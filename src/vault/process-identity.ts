import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Which process wrote a lock, as far as others can judge it. Empty texts: the system does not say. */
export interface ProcessIdentity {
  host: string;
  /** A hash of the machine's own id: two machines may share a host name. Empty in a container without /etc/machine-id, and on macOS. */
  machine: string;
  /** Changes with every start of the machine. */
  boot: string;
  /** Containers share the boot but not the process numbers. */
  pidNamespace: string;
  pid: number;
  /** Start time in clock ticks since boot: process numbers are used again. */
  start: string;
}

/** What locks ask of the operating system. */
export interface Processes {
  self(): ProcessIdentity;
  /** Start time of a live process with that number, '' when unknown, null when there is none. */
  startOf(pid: number): string | null;
}

export const systemProcesses: Processes = {
  self: () => ({
    host: hostname(),
    machine: machineHash(attempt(() => readFileSync('/etc/machine-id', 'utf8').trim())),
    boot: attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: attempt(() => readlinkSync('/proc/self/ns/pid')),
    pid: process.pid,
    start: systemProcesses.startOf(process.pid) ?? '',
  }),
  startOf(pid) {
    try {
      process.kill(pid, 0);
    } catch (cause) {
      // EPERM: it lives and belongs to somebody else.
      if (cause instanceof Error && 'code' in cause && cause.code === 'ESRCH') return null;
    }
    // Field 22; the program's name before it may hold spaces and brackets.
    return attempt(
      () =>
        readFileSync(`/proc/${pid}/stat`, 'latin1')
          .replace(/^.*\) /s, '')
          .split(' ')[19] ?? '',
    );
  },
};

/** '' for an unknown id: the hash of nothing would be the same on every machine without one. */
export const machineHash = (id: string): string => (id === '' ? '' : createHash('sha256').update(id).digest('hex').slice(0, 16));

/**
 * Whether a process of that identity, if it lives, can be seen from here. Where the machine's id is unknown another boot
 * is no restart: it may as well be another machine of the same name.
 */
export function canJudge(other: ProcessIdentity, processes: Processes): boolean {
  const self = processes.self();
  if (!isSameMachine(other, self)) return false;
  return hasRestarted(other, self) ? other.machine !== '' : other.pidNamespace === self.pidNamespace;
}

/** Evidence that the process behind an identity is gone, or null: it lives, or nothing can be said from here. */
export function evidenceOfDeath(other: ProcessIdentity, processes: Processes): string | null {
  if (!canJudge(other, processes)) return null;
  if (hasRestarted(other, processes.self())) return `${other.host} was restarted since`;
  const start = processes.startOf(other.pid);
  if (start === null) return `process ${other.pid} on ${other.host} is gone`;
  if (start !== '' && other.start !== '' && start !== other.start) return `process ${other.pid} on ${other.host} is another one now`;
  return null;
}

const isSameMachine = (a: ProcessIdentity, b: ProcessIdentity): boolean => a.host === b.host && a.machine === b.machine;
const hasRestarted = (before: ProcessIdentity, now: ProcessIdentity): boolean =>
  before.boot !== '' && now.boot !== '' && before.boot !== now.boot;

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
