import * as v from 'valibot';
import { LifeboatError } from '../report/errors.ts';
import { formatCount } from '../report/format.ts';
import { recordRefOf } from '../vault/record-file-name.ts';
import type { Vault } from '../vault/vault.ts';
import type { Proof } from './proof.ts';
import { proofSchema } from './proof-schema.ts';
import { parseProof } from './read-proofs.ts';

/** What a proof is cut to, one after the other, where it is too large for a record: entries per list, characters per text. */
const smallerForms = [
  { entries: 1000, characters: 4096 },
  { entries: 100, characters: 1000 },
  { entries: 20, characters: 200 },
] as const;

/**
 * Puts a proof into the vault so that it can be read again: texts of the database that are longer than a proof may hold
 * are cut, and one that is too large for a record is kept in a smaller form that says so. A failed drill has to be known,
 * whatever was in the database.
 *
 * @returns the proof as it was kept
 * @throws LifeboatError record-damaged: it is not of a proof's form; and as putRecord
 */
export async function keepProof(vault: Pick<Vault, 'putRecord'>, proof: Proof): Promise<Proof> {
  const whole = withBoundTexts(proof);
  for (const form of [null, ...smallerForms]) {
    const kept = parseProof(form ? smaller(whole, form) : whole, recordRefOf('proof', proof));
    try {
      await vault.putRecord('proof', kept);
      return kept;
    } catch (error) {
      const last = form === smallerForms.at(-1);
      if (last || !(error instanceof LifeboatError) || error.code !== 'record-too-large') throw error;
    }
  }
  return whole;
}

/** A copy in which no text and no list is longer than its schema allows. Pure. */
export function withBoundTexts(proof: Proof): Proof {
  const bound = structuredClone(proof);
  const result = v.safeParse(proofSchema, bound);
  for (const { type, requirement, path } of result.issues ?? []) {
    const at = path?.at(-1);
    if (type !== 'max_length' || typeof requirement !== 'number' || !at) continue;
    const parent = at.input as Record<PropertyKey, unknown>;
    const key = at.key as PropertyKey;
    const long = parent[key];
    if (typeof long === 'string') parent[key] = cut(long, requirement);
    if (Array.isArray(long)) parent[key] = long.slice(0, requirement);
  }
  return bound;
}

/** Agents that are not whole stay first. Outcome, failure and what was tested stay as they are. */
function smaller(proof: Proof, { entries, characters }: { entries: number; characters: number }): Proof {
  const sorted = { ...proof, agents: proof.agents.toSorted((a, b) => Number(a.equal) - Number(b.equal)) };
  const lists = { agents: proof.agents, findings: proof.findings, losses: proof.losses, warnings: proof.warnings };
  const left = Object.entries(lists)
    .filter(([, { length }]) => length > entries)
    .map(([name, { length }]) => `; ${formatCount(entries)} of ${formatCount(length)} ${name}`);
  const shrunk = shrink(sorted, entries, characters) as Proof;
  const message = `The proof was too large for a record, so texts and lists in it were cut (${formatCount(characters)} characters, ${formatCount(entries)} entries${left.join('')}).`;
  return { ...shrunk, warnings: [{ code: 'proof-cut', message, partial: true }, ...shrunk.warnings] };
}

function shrink(value: unknown, entries: number, characters: number): unknown {
  if (typeof value === 'string') return cut(value, characters);
  if (Array.isArray(value)) return value.slice(0, entries).map((each) => shrink(each, entries, characters));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shrink(each, entries, characters)]));
}

/** A character of two code units is not cut in half. */
const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
