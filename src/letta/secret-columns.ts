export interface EncryptedColumn {
  table: string;
  /** Holds Letta's ciphertext, or plaintext when the server ran without a key (letta-server.md §5.4). */
  column: string;
  /** The older column with the same secret in clear. `custom_headers` is JSON there and its text in the `_enc` column. */
  plaintext: string;
}

/**
 * The ten `_enc` columns (letta-server.md §5.1). None exists before 0.12.0; whether one exists at a revision is to be
 * asked of the schema model.
 */
export const encryptedColumns: readonly EncryptedColumn[] = [
  { table: 'agent_environment_variables', column: 'value_enc', plaintext: 'value' },
  { table: 'mcp_oauth', column: 'access_token_enc', plaintext: 'access_token' },
  { table: 'mcp_oauth', column: 'authorization_code_enc', plaintext: 'authorization_code' },
  { table: 'mcp_oauth', column: 'client_secret_enc', plaintext: 'client_secret' },
  { table: 'mcp_oauth', column: 'refresh_token_enc', plaintext: 'refresh_token' },
  { table: 'mcp_server', column: 'custom_headers_enc', plaintext: 'custom_headers' },
  { table: 'mcp_server', column: 'token_enc', plaintext: 'token' },
  { table: 'providers', column: 'access_key_enc', plaintext: 'access_key' },
  { table: 'providers', column: 'api_key_enc', plaintext: 'api_key' },
  { table: 'sandbox_environment_variables', column: 'value_enc', plaintext: 'value' },
];

/**
 * A secret in an older column, null for an empty one: no headers are nothing, however that is written.
 * @param json the column is JSON (`custom_headers`)
 */
export function secretText(text: string | null | undefined, json: boolean): string | null {
  return !text || (json && /^\s*(?:null|\{\s*\})?\s*$/.test(text)) ? null : text;
}
