import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { ConnectionOptions } from 'node:tls';
import { LifeboatError } from '../report/errors.ts';
import { refuseUnencoded } from './refuse-unencoded.ts';
import { readService } from './server-service-file.ts';

/** Where a server's database is and how to log in there. */
export interface ServerTarget {
  host: string;
  port: number;
  user: string;
  /** Absent: ~/.pgpass is asked when the server wants one. */
  password: string | undefined;
  database: string;
  /** In the order in which they are tried: false = plain. More than one only where the user left the choice. */
  tls: (ConnectionOptions | false)[];
  /** Command-line options for the backend (PGOPTIONS). */
  options: string | undefined;
}

type Parameters = Record<string, string>;
type Environment = Record<string, string | undefined>;

/** libpq's parameter → the variable that stands in for it. */
const variables = {
  host: 'PGHOST',
  port: 'PGPORT',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  dbname: 'PGDATABASE',
  options: 'PGOPTIONS',
  service: 'PGSERVICE',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
} as const;

const scheme = /^postgres(?:ql)?(?:\+[a-z0-9]+)?:\/\//i;

/** `postgresql://…`, also as SQLAlchemy writes it (`postgresql+asyncpg://…`). */
export function isServerUrl(target: string): boolean {
  return scheme.test(target);
}

/** A target as it may be shown: whatever could be a password is gone, also where `//`, `@` or `&` are not where they should be. */
export function withoutPassword(target: string): string {
  const shown = target.includes('@')
    ? target.replace(/^(\s*[a-z][a-z0-9+]*:\/*)?.*@/is, '$1…@')
    : target.replace(/^([^/?#]*:\/\/[^/?#]*):.*$/s, '$1:…');
  return shown.replace(/(password=).*$/is, '$1…');
}

/**
 * Understands what libpq understands: the URL first, then its service, then PG* variables, then defaults.
 * @throws LifeboatError bad-database-url | url-not-encoded
 */
export function serverTarget(url: string | null, environment: Environment): ServerTarget {
  const given: Parameters = url === null ? {} : parametersOf(url);
  const fromEnvironment: Parameters = {};
  for (const [name, variable] of Object.entries(variables)) {
    const value = environment[variable];
    if (value !== undefined && value !== '') fromEnvironment[name] = value;
  }
  const service = given.service ?? fromEnvironment.service;
  const known = { ...fromEnvironment, ...(service === undefined ? {} : readService(service, environment)), ...given };

  const port = Number(known.port ?? 5432);
  const host = known.host ?? defaultHost(port);
  const user = known.user ?? userInfo().username;
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw refused(url ?? '-', `${known.port} is not a port.`);
  if (host.includes(',')) throw refused(url ?? '-', 'One host at a time, please: a backup reads one server.');
  return {
    host,
    port,
    user,
    password: known.password,
    database: known.dbname ?? user,
    tls: tlsOf(known, host, url ?? '-'),
    options: known.options,
  };
}

function parametersOf(target: string): Parameters {
  refuseUnencoded(target.replace(scheme, ''));
  let url: URL;
  try {
    // `user@/db` (the default host) is no URL for the WHATWG; a name that cannot exist stands in.
    url = new URL(target.replace(scheme, 'postgresql://').replace(/^(postgresql:\/\/[^/?#]*@)(?=[/?]|$)/, '$1default.invalid'));
    const parts: Parameters = {
      host: url.hostname === 'default.invalid' ? '' : decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, '$1'),
      port: url.port,
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      dbname: decodeURIComponent(url.pathname.slice(1)),
      ...Object.fromEntries(url.searchParams),
    };
    // SQLAlchemy with asyncpg says ssl= where libpq says sslmode=.
    if (parts.ssl !== undefined) parts.sslmode ??= parts.ssl === 'true' ? 'require' : parts.ssl === 'false' ? 'disable' : parts.ssl;
    return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== ''));
  } catch {
    throw refused(target, 'It is not a well-formed URL; special characters in a password are written %XX.');
  }
}

/** As libpq: the socket where there is one. */
function defaultHost(port: number): string {
  const directory = '/var/run/postgresql';
  return existsSync(`${directory}/.s.PGSQL.${port}`) ? directory : 'localhost';
}

/** libpq's sslmode. Without one, encryption is preferred, but not on this machine, where it would only cost time. */
function tlsOf(known: Parameters, host: string, target: string): (ConnectionOptions | false)[] {
  const local = host.startsWith('/') || /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);
  const mode = known.sslmode ?? (local ? 'disable' : 'prefer');
  const read = (name: string) => (known[name] === undefined || known[name] === 'system' ? undefined : readFileSync(known[name]));
  if (host.startsWith('/') || mode === 'disable') return [false];
  const files: ConnectionOptions = {};
  const [ca, cert, key] = [read('sslrootcert'), read('sslcert'), read('sslkey')];
  if (ca !== undefined) files.ca = ca;
  if (cert !== undefined) files.cert = cert;
  if (key !== undefined) files.key = key;
  const unchecked = { ...files, rejectUnauthorized: false };
  const anyHost = { ...files, checkServerIdentity: () => undefined };
  switch (mode) {
    case 'allow':
      return [false, unchecked];
    case 'prefer':
      return [unchecked, false];
    case 'require':
      return [ca === undefined ? unchecked : anyHost];
    case 'verify-ca':
      return [anyHost];
    case 'verify-full':
      return [files];
    default:
      throw refused(target, `sslmode=${mode} is not known.`);
  }
}

function refused(target: string, reason: string): LifeboatError {
  return new LifeboatError('bad-database-url', { target: withoutPassword(target), reason });
}
