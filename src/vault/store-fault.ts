import type { ErrorCode } from '../report/error-registry.ts';
import { LifeboatError } from '../report/errors.ts';

const byErrno: Record<string, ErrorCode> = {
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  EACCES: 'vault-not-writable',
  EROFS: 'vault-not-writable',
  EPERM: 'vault-not-writable',
  ELOOP: 'store-link',
};

/** The system's error code (`ENOSPC` …) of a caught value, or ''. */
export function errnoOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}

/** A failed write as a registered error. `needed` and `free` are bytes. */
export function writeFault(
  cause: unknown,
  facts: { location: string; path: string; needed: number; free: number | undefined },
): LifeboatError {
  if (cause instanceof LifeboatError) return cause;
  const { location, path, needed, free } = facts;
  const code = byErrno[errnoOf(cause)] ?? 'store-write-failed';
  return new LifeboatError(code, { location, path, needed, free: free ?? 'an unknown number of', reason: reasonOf(cause) }, { cause });
}

/** A failed read (other than of a missing object) as a registered error. */
export function readFault(cause: unknown, facts: { location: string; path: string }): LifeboatError {
  if (cause instanceof LifeboatError) return cause;
  const errno = errnoOf(cause);
  const code = errno === 'ELOOP' ? 'store-link' : 'store-read-failed';
  return new LifeboatError(code, { ...facts, reason: reasonOf(cause) }, { cause });
}

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
