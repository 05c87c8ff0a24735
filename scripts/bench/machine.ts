import { cpus, release, totalmem, type } from 'node:os';

/** What a figure depends on; no names of hosts, no paths. */
export type Machine = Record<string, string>;

export function describeMachine(programs: Record<string, string>): Machine {
  const processors = cpus();
  return {
    processors: `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release().split('-')[0]}`,
    node: process.version,
    ...programs,
  };
}
