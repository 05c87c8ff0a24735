import { LifeboatError } from '../report/errors.ts';
import type { RestoreResult } from '../restore/restore.ts';
import type { Proof } from './proof.ts';

/** An error that ended a drill half-way, as its proof keeps it. */
export function failureOf(error: unknown): NonNullable<Proof['failure']> {
  if (error instanceof LifeboatError) return { code: error.code, message: `${error.message} ${error.why}` };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

/** The restore's own verdict; null: the new database is what the snapshot holds, as far as the plan says that it is carried. */
export function whyNotEqual({ comparison, wrong, drift, agents }: RestoreResult): Proof['failure'] {
  const differing = comparison?.differences.map(({ table }) => table) ?? [];
  if (comparison === null || !comparison.equal)
    return {
      code: 'not-equal',
      message: `The restored database is not equal to the snapshot: ${differing.join(', ') || 'it was not compared'}.`,
    };
  if (wrong.length > 0)
    return { code: 'wrong-value', message: `Computed values are wrong: ${[...new Set(wrong.map(({ table }) => table))].join(', ')}.` };
  const [first] = drift;
  if (first)
    return {
      code: 'drift',
      message: `The schema is not the one that was to be built: ${first.kind} ${[first.table, first.name].filter(Boolean).join('.')}.`,
    };
  const missing = agents.filter(({ there }) => !there);
  return missing.length === 0
    ? null
    : { code: 'agents', message: `${missing.length} agents are not as they were: ${missing.map(({ id }) => id).join(', ')}.` };
}

/** What a proof must hold to say that it is one: rows that were compared and are equal, by a comparison that was seen to fail. */
export function whyNotProven(proof: Pick<Proof, 'failure' | 'equality' | 'selfTest'>): Proof['failure'] {
  if (proof.failure !== null) return proof.failure;
  if (proof.equality === null || !proof.equality.equal)
    return { code: 'not-equal', message: 'The restored database was not seen to be equal to the snapshot.' };
  return whySelfTestFailed(proof);
}

/** A comparison that was not tested, does not see what was changed on purpose, or sees more, proves nothing. */
export function whySelfTestFailed({ selfTest: test }: Pick<Proof, 'selfTest'>): Proof['failure'] {
  if (test === null) return { code: 'self-test', message: 'The comparison was not tested with values that were changed on purpose.' };
  if (test.passed && test.undone) return null;
  const planted = test.planted.map(({ table, column }) => `${table}.${column}`).join(', ');
  const said = test.named.join(', ') || 'nothing';
  if (test.planted.length === 0)
    return { code: 'self-test', message: 'No table has a row with a value that could be changed, so the comparison could not be tested.' };
  return test.passed
    ? { code: 'self-test', message: `Values were changed on purpose (${planted}) and put back, and the comparison still named ${said}.` }
    : { code: 'self-test', message: `Values were changed on purpose in ${planted}; the comparison named ${said}. It cannot be relied on.` };
}

/** Rows that are equal and make a server answer something else would fail whoever needs them. */
export function whyServerDiffers({ version, compared }: NonNullable<Proof['server']>): Proof['failure'] {
  const unequal = compared.filter(({ equal }) => !equal).map(({ what, expected, found }) => `${what}: ${found} instead of ${expected}`);
  const more = unequal.length > 5 ? `; and ${unequal.length - 5} more` : '';
  return unequal.length === 0
    ? null
    : { code: 'server-answers', message: `A real server, Letta ${version}, shows otherwise: ${unequal.slice(0, 5).join('; ')}${more}.` };
}
