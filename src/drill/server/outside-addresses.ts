import type { Compared } from './compare-lists.ts';
import type { Attempt } from './confinement.ts';
import type { ExpectedAnswers } from './expected-answers.ts';

/** Hosts that the data could make a server call, by why. */
export interface OutsideAddresses {
  what: string;
  /** Host names; one that begins with a dot means all below it. */
  hosts: string[];
}

/** Where vector stores are (letta-server.md §12). */
const vectorStores = ['.turbopuffer.com', '.pinecone.io'];

/**
 * Addresses in the drilled rows that a server calls by itself: runs and jobs that end post to `callback_url`
 * (letta-server.md §0.15), tools live on MCP servers, archives in vector stores.
 */
export async function outsideAddresses(rows: ExpectedAnswers): Promise<OutsideAddresses[]> {
  const callbacks = [...(await rows.addressesIn('runs', 'callback_url')), ...(await rows.addressesIn('jobs', 'callback_url'))];
  return [
    { what: 'callbacks of runs and jobs', hosts: hostsOf(callbacks) },
    { what: 'MCP servers', hosts: hostsOf(await rows.addressesIn('mcp_server', 'server_url')) },
    { what: 'vector stores', hosts: vectorStores },
  ];
}

/** That none of them was tried, as something compared: 0 attempts expected. */
export function compareAttempts(addresses: readonly OutsideAddresses[], attempts: readonly Attempt[]): Compared[] {
  return addresses.map(({ what, hosts }) => {
    const tried = attempts.filter(({ to }) => hosts.some((host) => isAt(hostOf(to), host)));
    const found = tried.reduce((sum, { count }) => sum + count, 0);
    return { what: `attempts to reach ${what}`, expected: 0, found, equal: found === 0 };
  });
}

const isAt = (host: string, wanted: string): boolean => (wanted.startsWith('.') ? `.${host}`.endsWith(wanted) : host === wanted);

/** Of an attempt as it is told: `example.com:443`, `[::1]:80`, `example.com (name looked up)`. */
const hostOf = (to: string): string => to.replace(/ \(.*$/, '').replace(/:\d+$/, '');

const hostsOf = (urls: readonly string[]): string[] => [
  ...new Set(urls.flatMap((url) => (URL.canParse(url) ? new URL(url).hostname : []))),
];
