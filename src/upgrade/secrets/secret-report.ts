import type { Warning } from '../../report/progress.ts';
import type { Loss, LossClass } from '../loss.ts';
import type { Touched } from '../touched.ts';
import type { Fate } from './decide.ts';
import type { SecretColumn, SecretRow } from './secret-columns.ts';

/** How many secrets of one `_enc` column came to what. */
export interface SecretCounts {
  table: string;
  column: string;
  counts: Record<Fate, number>;
}

export interface SecretsResult {
  columns: SecretCounts[];
  losses: Loss[];
  /** Code `secrets-unchecked`: ciphertexts that are carried as they are, because no key was given. */
  warnings: Warning[];
}

export const noCounts = (): Record<Fate, number> => ({
  kept: 0,
  encrypted: 0,
  'in clear': 0,
  decrypted: 0,
  unchecked: 0,
  'needs key': 0,
  placeholder: 0,
  unreadable: 0,
  unused: 0,
});

/** A row that held a secret; the secret itself is kept no longer than needed. */
export type Row = Pick<SecretRow, 'id' | 'agent'>;

/** What a loss says of rows that were listed here. */
export function touchedRows(rows: readonly Row[]): Touched {
  const agents = new Map<string, number>();
  for (const { agent } of rows) if (agent !== null) agents.set(agent, (agents.get(agent) ?? 0) + 1);
  return {
    rows: rows.length,
    agents: [...agents]
      .map(([id, count]) => ({ id, rows: count }))
      .sort((a, b) => b.rows - a.rows || (a.id < b.id ? -1 : 1))
      .slice(0, 100),
    examples: rows.slice(0, 10).map(({ id }) => `id=${id}`),
  };
}

export function secretLoss(kind: LossClass, table: string, column: string | null, rows: readonly Row[], reason: string): Loss[] {
  return rows.length === 0 ? [] : [{ class: kind, table, column, ...touchedRows(rows), reason }];
}

/** What a server makes of a ciphertext, which nobody tried to open, without its key and with another one. */
export function uncheckedDanger(sendsCiphertext: boolean): string {
  return `The server needs the key that made them: without it, ${
    sendsCiphertext ? 'this release would send the ciphertext itself to providers' : 'it reads none of them'
  }, and with another one agents with secrets do not load.`;
}

export function uncheckedWarning(columns: readonly SecretCounts[], sendsCiphertext: boolean): Warning[] {
  const found = columns.filter(({ counts }) => counts.unchecked > 0);
  if (found.length === 0) return [];
  const list = found.map(({ table, column, counts }) => `${table}.${column} (${counts.unchecked})`).join(', ');
  return [
    {
      code: 'secrets-unchecked',
      message: `encrypted secrets are carried as they are, and were not checked, since LETTA_ENCRYPTION_KEY was not given: ${list}. ${uncheckedDanger(sendsCiphertext)}`,
      partial: true,
    },
  ];
}

/** `providers.api_key_enc` */
export const nameOf = ({ table, column }: Pick<SecretColumn, 'table' | 'column'>): string => `${table}.${column}`;
