import type { ConfinementTask } from './confinement-messages.ts';

/** A way to confine a server. */
export interface Way {
  how: ConfinementTask['how'];
  /** What runs the keeper; empty: nothing between. */
  command: readonly string[];
  /** For the proof. */
  says: string;
}

/** What runs in a process namespace of its own ends with its first process, which is the keeper. */
const apart = ['--net', '--mount', '--pid', '--fork'];

/** In the order in which they are tried: the namespaces of a user who may do nothing outside first. */
export const ways: readonly Way[] = [
  { how: 'namespace', command: ['unshare', '--user', '--map-root-user', ...apart], says: 'a network namespace with no way out' },
  { how: 'namespace', command: ['unshare', ...apart], says: 'a network namespace with no way out' },
  {
    how: 'proxy',
    command: [],
    says: "this machine's network behind a proxy that refuses everything (weaker: only what respects HTTP_PROXY is stopped and seen)",
  },
];
