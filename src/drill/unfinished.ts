import type { ErrorCode } from '../report/error-registry.ts';
import type { Proof } from './proof.ts';

/** What ends a drill for reasons of the machine, the server or the network it ran on. A vault that cannot be read is none of them: `verify` calls such a snapshot damaged. */
const ofThePlace = [
  'disk-full',
  'database-disk-full',
  'database-unreachable',
  'database-shut-off',
  'database-busy',
  'wrong-password',
  'connection-lost',
  'connection-stalled',
  'too-many-connections',
  'query-cancelled',
  'permission-denied',
  'store-write-failed',
  'drill-confinement',
  'drill-control',
  'drill-postgres-failed',
  'drill-not-removed',
] as const satisfies readonly ErrorCode[];

/**
 * Whether a failed drill says nothing about its snapshot: it could not be finished. It is no proof either, so it stays a
 * failed drill. Pure.
 */
export function isUnfinished({ failure }: Pick<Proof, 'failure'>): boolean {
  return failure !== null && (ofThePlace as readonly string[]).includes(failure.code);
}
