import { createHash } from 'node:crypto';
import { idPrefixesOf } from '../../src/letta/tables.ts';

/** A uuid4 that is always the same for a name: populated databases are the same in every run. */
export function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Tables that are gone since, for which nobody else needs to know it. */
const oldPrefixes: Readonly<Record<string, string>> = { passages: 'passage', agent_passages: 'passage', tokens: 'token' };

/** The id of a named row (`agent-…` for `agents`), known before the row is there. */
export function idOf(table: string, name: string): string {
  const prefix = idPrefixesOf(table)[0] ?? oldPrefixes[table];
  return prefix === undefined ? uuidOf(`${table}:${name}`) : `${prefix}-${uuidOf(`${table}:${name}`)}`;
}

/** The id of a run. Until 0.11 it is a row of `jobs`, later one of `runs`. */
export function runId(name: string): string {
  return `run-${uuidOf(`run:${name}`)}`;
}

export const defaultOrganization = 'org-00000000-0000-4000-8000-000000000000';
export const defaultUser = 'user-00000000-0000-4000-8000-000000000000';
