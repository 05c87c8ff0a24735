import type { ErrorCode } from '../report/error-registry.ts';
import { LifeboatError } from '../report/errors.ts';

/** SQLSTATEs that have a name of their own; what else the server says is `database-error`. */
const byState: Record<string, ErrorCode> = {
  '28P01': 'wrong-password',
  '28000': 'wrong-password',
  '3D000': 'no-such-database',
  '42501': 'permission-denied',
  '53300': 'too-many-connections',
  '53100': 'database-disk-full',
  '57014': 'query-cancelled',
  '57P03': 'database-unreachable', // starting up, shutting down
  '57P01': 'connection-lost', // an administrator ended the backend
  '57P02': 'connection-lost', // another backend crashed
  '57P05': 'connection-lost', // idle_session_timeout
  '25P03': 'connection-lost', // idle_in_transaction_session_timeout
  '25P04': 'connection-lost', // transaction_timeout
};

/** What is read of an error, whichever library made it. */
interface Failure {
  message: string;
  /** SQLSTATE, or the code of a system or library error. */
  code: string;
  /** The server's own severity; absent for errors of the connection. */
  severity?: string;
}

/**
 * The registered error for what a driver threw. Nothing of it holds a password: neither does what PostgreSQL says,
 * and addresses come as a label.
 *
 * @param phase before the session stood, every failure of the connection means that the server cannot be reached
 */
export function connectionError(error: unknown, database: string, phase: 'connect' | 'session'): LifeboatError {
  if (error instanceof LifeboatError) return error;
  const failure = failureOf(error);
  const facts = { database, reason: failure.message, sqlstate: failure.code };
  const options = { cause: error };
  // FATAL with this state, which also stands for much else: ALLOW_CONNECTIONS false, or what a broken DROP DATABASE left.
  if (phase === 'connect' && failure.code === '55000') return new LifeboatError('database-shut-off', facts, options);
  const named = byState[failure.code];
  if (named !== undefined) return new LifeboatError(named, facts, options);
  if (failure.severity === 'ERROR' && !failure.code.startsWith('08')) return new LifeboatError('database-error', facts, options);
  if (/^SASL|password must be a string/.test(failure.message)) {
    return new LifeboatError('wrong-password', { ...facts, reason: 'it asks for a password and none that fits was given' }, options);
  }
  return new LifeboatError(phase === 'connect' ? 'database-unreachable' : 'connection-lost', facts, options);
}

/** Whether the server answered with an error and the session goes on. */
export function isServerError(error: unknown): boolean {
  return failureOf(error).severity === 'ERROR';
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error), code: '' };
  // Several addresses were tried (AggregateError): the first failure says enough.
  const single: unknown = error instanceof AggregateError ? (error.errors[0] ?? error) : error;
  const { message, code, severity } = single as Error & { code?: unknown; severity?: unknown };
  return {
    message: message === 'timeout expired' ? 'no answer in time' : message || String(code),
    code: typeof code === 'string' ? code : '',
    ...(typeof severity === 'string' ? { severity } : {}),
  };
}
