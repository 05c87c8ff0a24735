import { encryptedColumns } from '../../../src/letta/secret-columns.ts';
import type { Scenario } from '../scenarios.ts';

const filled = (column: string) => `coalesce(${column}::text, '') not in ('', 'null', '{}')`;

/** For each of the ten columns: a secret in clear only, encrypted only, and in both; before there was such a column, in clear. */
export const secretScenarios: readonly Scenario[] = encryptedColumns
  .flatMap(({ table, column, plaintext }): Scenario[] => {
    const clear = `${table}.${plaintext}`;
    const sealed = `${table}.${column}`;
    return [
      { name: `${clear} in clear`, needs: [clear], enters: 'd06594144ef3', proof: `select 1 from ${table} where ${filled(plaintext)}` },
      {
        name: `${clear} in clear and not in ${column}`,
        needs: [clear, sealed],
        proof: `select 1 from ${table} where ${filled(plaintext)} and ${column} is null`,
      },
      {
        name: `${sealed} without ${plaintext}`,
        needs: [sealed],
        proof: `select 1 from ${table} where length(${column}) > 59 and not ${filled(plaintext)}`,
      },
    ];
  })
  .concat([
    {
      name: 'provider key in clear in the encrypted column',
      needs: ['providers.api_key_enc'],
      proof: `select 1 from providers where api_key_enc like 'sk-%'`,
    },
    {
      name: 'provider key in clear that looks encrypted',
      needs: ['providers.access_key_enc'],
      proof: `select 1 from providers where access_key_enc like 'TWFkZSB1cC%'`,
    },
    {
      name: 'headers as JSON and as encrypted text',
      needs: ['mcp_server.custom_headers_enc'],
      proof: `select 1 from mcp_server a, mcp_server b where json_typeof(a.custom_headers) = 'object' and b.custom_headers_enc is not null`,
    },
  ]);
