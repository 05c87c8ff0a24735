import type { Revision } from './catalogue.ts';
import { isSince, servingRelease } from './serving-release.ts';

/**
 * Which columns a release's server takes secrets from (read in the tags' sources; letta-server.md §5.4):
 * - `plaintext`: up to 0.11.7, which has no `_enc` column and no cipher
 * - `both`: 0.12.0 to 0.15.1 write both. `_enc` wins where the server reads it, and the older column is read where
 *   `_enc` is NULL; 0.12.x reads only the older column of providers and environment variables.
 * - `encrypted`: since 0.16.0; 0.16.0 and 0.16.1 still fall back for a few of the columns, later ones for none that counts
 */
export type SecretReading = 'plaintext' | 'both' | 'encrypted';

export function secretReading(revision: Revision): SecretReading {
  const release = servingRelease(revision);
  if (!isSince(release, '0.12.0')) return 'plaintext';
  return isSince(release, '0.16.0') ? 'encrypted' : 'both';
}

/**
 * Which of the two columns a server at this revision kept up to date, when they differ: 0.12.x changed providers' keys
 * and environment variables only in the older column, beside what its migration had encrypted; later ones write `_enc`
 * always, and since 0.16.0 nothing else.
 */
export function truthOfSecrets(revision: Revision, table: string): 'plaintext' | 'encrypted' {
  const release = servingRelease(revision);
  if (!isSince(release, '0.12.0')) return 'plaintext';
  return isSince(release, '0.13.0') || table.startsWith('mcp_') ? 'encrypted' : 'plaintext';
}

/**
 * Whether a server without LETTA_ENCRYPTION_KEY hands out what is in `_enc` as it is. Up to 0.16.6 it gives None for
 * what looks like a ciphertext; since 0.16.7 it would send a real ciphertext to the provider (`letta/schemas/secret.py`).
 */
export function readsLookalikesWithoutKey(revision: Revision): boolean {
  return isSince(servingRelease(revision), '0.16.7');
}

/**
 * Whether a server finds nothing where only the older column of a pair is filled (letta-server.md §5.4): providers' keys since 0.16.0, MCP
 * servers' since 0.16.1, agents' environment variables since 0.16.2, which it hands out as `<encrypted>`. Sandbox variables are read from
 * both in every release.
 */
export function overlooksOlderColumn(revision: Revision, table: string): boolean {
  const since: Record<string, string> = {
    providers: '0.16.0',
    mcp_server: '0.16.1',
    mcp_oauth: '0.16.1',
    agent_environment_variables: '0.16.2',
  };
  const first = since[table];
  return first !== undefined && isSince(servingRelease(revision), first);
}

/**
 * Whether a server gives tools the text `<encrypted>` for a value whose `_enc` is NULL, be it empty or in the older
 * column: agents' environment variables since 0.16.2 (`letta/orm/agent.py` ENCRYPTED_PLACEHOLDER, `letta/utils.py`
 * `decrypt_agent_secrets`). Servers therefore encrypt empty values too.
 */
export function showsPlaceholder(revision: Revision, table: string): boolean {
  return table === 'agent_environment_variables' && isSince(servingRelease(revision), '0.16.2');
}

const plaintextPrefixes = [
  ...['sk-', 'pk-', 'api-', 'key-', 'token-', 'Bearer ', 'xoxb-', 'xoxp-', 'ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
  ...['AKIA', 'ABIA', 'ACCA', 'ASIA'],
];

/**
 * Whether Letta since 0.16.0 takes a text for one of its ciphertexts (`CryptoUtils.is_encrypted`): no known prefix, and
 * at least 45 bytes when decoded as Python's `b64decode` does it, which skips characters that are not base64.
 */
export function looksEncryptedToLetta(value: string): boolean {
  if (plaintextPrefixes.some((prefix) => value.startsWith(prefix))) return false;
  const length = pythonBase64Length(value);
  return length !== null && length >= 45;
}

/** How many bytes `base64.b64decode(value)` gives; null where it raises an error. */
function pythonBase64Length(value: string): number | null {
  let digits = 0; // of the group of four that is being read
  let pads = 0;
  let bytes = 0;
  for (const character of value) {
    if (character > '\x7f') return null;
    if (character === '=') {
      if (digits >= 2 && digits + ++pads >= 4) return bytes;
    } else if (/[A-Za-z0-9+/]/.test(character)) {
      pads = 0;
      if (digits > 0) bytes++;
      digits = (digits + 1) % 4;
    }
  }
  return digits === 0 ? bytes : null;
}
