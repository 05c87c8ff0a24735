import { isDeepStrictEqual } from 'node:util';
import type { OpenedSecret } from '../../letta/open-secret.ts';
import { looksEncryptedToLetta, type SecretReading } from '../../letta/secret-rules.ts';

/** How the secrets of one column are to be carried. */
export interface CarryRules {
  hasKey: boolean;
  /** Which column the source's server kept up to date. */
  truth: 'plaintext' | 'encrypted';
  sourceReads: SecretReading;
  /** What the target's server reads; `plaintext` also where the target has no `_enc` column. */
  targetReads: SecretReading;
  /** Whether a text that looks like a ciphertext may be put into `_enc` in clear. */
  lookalikes: boolean;
  /** The older column is JSON, the `_enc` column its text. */
  json: boolean;
  /** Whether an empty value has to be in `_enc` as well. */
  emptyCounts: boolean;
}

/**
 * What became of a secret. `encrypted`/`in clear`: put into `_enc` · `decrypted`: put into the older column ·
 * `unchecked`: a ciphertext carried as it is, since no key was given · `needs key`: in clear, but the target takes it for
 * a ciphertext · `placeholder`: empty, which only a ciphertext can say · `unreadable`: no key, or another one, made it ·
 * `unused`: `_enc` says something else than the secret, or what no key opens, and the target has no place for it.
 */
export type Fate = 'kept' | 'encrypted' | 'in clear' | 'decrypted' | 'unchecked' | 'needs key' | 'placeholder' | 'unreadable' | 'unused';

export interface Decision {
  fate: Fate;
  /** What `_enc` is to hold: to be encrypted, in clear, or as it is (null). */
  enc: { text: string; encrypt: boolean } | null;
  /** What the older column is to hold, or as it is (null). */
  plain: string | null;
}

/** Decides about one secret from what the snapshot's two columns hold. Pure. `plain` is null for an empty one. */
export function decide(opened: OpenedSecret, plain: string | null, rules: CarryRules): Decision {
  const current = currentSecret(opened, plain, rules);
  const kept: Decision = { fate: 'kept', enc: null, plain: null };
  if (current === null) {
    if (opened.class === 'null') return emptyValue(rules);
    const unchecked = opened.class === 'unchecked' && rules.targetReads !== 'plaintext';
    return { ...kept, fate: unchecked ? 'unchecked' : 'unreadable' };
  }
  if (current === '') return kept; // Letta encrypts empty texts too
  const decision = rules.targetReads === 'plaintext' ? withoutEnc(opened, current, rules) : intoEnc(opened, current, rules);
  if (rules.targetReads === 'encrypted' || (plain !== null && sameSecret(plain, current, rules.json))) return decision;
  if (!fitsOlderColumn(current, rules.json)) return rules.targetReads === 'both' ? decision : { ...decision, fate: 'unreadable' };
  return { ...decision, plain: current, fate: decision.fate === 'kept' ? 'decrypted' : decision.fate };
}

/** The secret that the source's server would have used; null when there is none or it cannot be told. */
export function currentSecret(
  opened: OpenedSecret,
  plain: string | null,
  { truth, sourceReads }: Pick<CarryRules, 'truth' | 'sourceReads'>,
): string | null {
  if (truth === 'plaintext') return plain ?? opened.text;
  // A server that writes only `_enc` leaves the older column behind as it once was.
  return opened.text ?? (opened.class === 'null' || sourceReads !== 'encrypted' ? plain : null);
}

function emptyValue({ emptyCounts, hasKey }: CarryRules): Decision {
  if (!emptyCounts) return { fate: 'kept', enc: null, plain: null };
  return hasKey ? { fate: 'encrypted', enc: { text: '', encrypt: true }, plain: null } : { fate: 'placeholder', enc: null, plain: null };
}

function withoutEnc(opened: OpenedSecret, current: string, { json }: CarryRules): Decision {
  const differs = opened.class === 'undecryptable' || (opened.text ? !sameSecret(opened.text, current, json) : false);
  return { fate: differs ? 'unused' : 'kept', enc: null, plain: null };
}

function intoEnc(opened: OpenedSecret, current: string, rules: CarryRules): Decision {
  const kept: Decision = { fate: 'kept', enc: null, plain: null };
  const inClear = opened.class === 'plaintext';
  const upToDate = opened.text !== null && sameSecret(opened.text, current, rules.json);
  if (upToDate && !(inClear && looksEncryptedToLetta(current))) return kept;
  if (rules.hasKey) return { ...kept, fate: 'encrypted', enc: { text: current, encrypt: true } };
  if (opened.class === 'unchecked') return { ...kept, fate: 'unchecked' };
  if (looksEncryptedToLetta(current) && !rules.lookalikes)
    return rules.targetReads === 'both' && !inClear ? kept : { ...kept, fate: 'needs key' };
  // Where both columns are read, the older one is enough.
  if (upToDate || (rules.targetReads === 'both' && opened.class === 'null')) return kept;
  return { ...kept, fate: 'in clear', enc: { text: current, encrypt: false } };
}

/** Headers are the same when they say the same. */
export function sameSecret(a: string, b: string, json: boolean): boolean {
  return a === b || (json && isDeepStrictEqual(parsed(a), parsed(b)));
}

function fitsOlderColumn(text: string, json: boolean): boolean {
  if (text.includes('\0')) return false;
  return !json || (typeof parsed(text) === 'object' && parsed(text) !== null);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
