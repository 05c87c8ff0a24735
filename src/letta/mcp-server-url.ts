import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { isSince } from './serving-release.ts';

/**
 * Why a release's server refuses an MCP server's URL, whenever it reads the row: one such row and
 * `GET /v1/tools/mcp/servers` answers 400 for the whole organisation. null: it accepts the URL.
 *
 * - up to 0.16.1: anything goes
 * - since 0.16.2: `http` or `https` and a host (`letta/schemas/mcp.py` `validate_server_url`)
 * - since 0.16.7: besides, no internal host name and no IP address that is not public; names are not resolved
 *   (`letta/helpers/url_validation.py` with `resolve_hostname=False`)
 *
 * The rule is Python's: `urlparse`, and `ipaddress.is_global` as of 3.11. Newer 3.11 patches know a few more reserved
 * networks; an address that any of them refuses is refused here.
 */
export function refusedMcpUrl(url: string | null, release: string): string | null {
  if (url === null || !isSince(release, '0.16.2')) return null;
  const parts = urlParts(url);
  if (parts === null || !['http', 'https'].includes(parts.scheme)) return 'is no http or https URL';
  if (parts.authority === '') return 'names no host';
  if (!isSince(release, '0.16.7')) return null;
  const host = parts.host.replace(/\.+$/, '').toLowerCase();
  if (parts.host === '') return 'names no host';
  if (blockedNames.includes(host) || blockedSuffixes.some((suffix) => host.endsWith(suffix))) return 'names an internal host';
  return isPublicAddress(host) ? null : 'is not at a public address';
}

const blockedNames = ['localhost', 'metadata.google.internal'];
const blockedSuffixes = ['.local', '.localdomain', '.home.arpa', '.svc', '.cluster.local'];

/** As Python's urlparse cuts it; null where it raises an error. */
function urlParts(url: string): { scheme: string; authority: string; host: string } | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Python strips exactly these
  const text = url.replace(/^[\x00-\x20]+/, '').replaceAll(/[\t\r\n]/g, '');
  const [, scheme = '', rest = text] = /^([a-zA-Z][a-zA-Z0-9+.-]*):(.*)$/s.exec(text) ?? [];
  const authority = /^\/\/([^/?#]*)/.exec(rest)?.[1] ?? '';
  if (authority.includes('[') !== authority.includes(']')) return null;
  const place = authority.slice(authority.lastIndexOf('@') + 1);
  const bracketed = /\[([^\]]*)\]/.exec(place)?.[1];
  if (bracketed !== undefined && !isIPv6(bracketed) && !/^v[0-9a-f]+\..+/i.test(bracketed)) return null;
  return { scheme: scheme.toLowerCase(), authority, host: bracketed ?? place.split(':', 1)[0] ?? '' };
}

/** Names are public: nobody asks where they lead. */
function isPublicAddress(host: string): boolean {
  const address = host.split('%', 1)[0] ?? '';
  if (isIPv4(address)) return !reserved.check(address, 'ipv4');
  if (!isIPv6(address)) return true;
  return !reserved.check(address, 'ipv6');
}

/** A v4 network covers its form inside IPv6 (`::ffff:10.0.0.1`) too. */
const reserved = new BlockList();
for (const network of [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '240.0.0.0/4'],
  ...['::/128', '::1/128', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '5f00::/16'],
  ...['fc00::/7', 'fe80::/10'],
]) {
  const [address = '', prefix] = network.split('/');
  reserved.addSubnet(address, Number(prefix), isIPv4(address) ? 'ipv4' : 'ipv6');
}
