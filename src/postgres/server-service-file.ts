import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { LifeboatError } from '../report/errors.ts';

/** Parameters of a service in pg_service.conf: the user's file first, then the system's. */
export function readService(service: string, environment: Record<string, string | undefined>): Record<string, string> {
  const files = [
    environment.PGSERVICEFILE ?? join(homedir(), '.pg_service.conf'),
    join(environment.PGSYSCONFDIR ?? '/etc/postgresql-common', 'pg_service.conf'),
  ];
  for (const file of files) {
    if (!existsSync(file)) continue;
    const found = sectionOf(readFileSync(file, 'utf8'), service);
    if (found !== undefined) return found;
  }
  throw new LifeboatError('bad-database-url', {
    target: `service ${service}`,
    reason: `No section [${service}] in ${files.join(' or ')}.`,
  });
}

function sectionOf(text: string, wanted: string): Record<string, string> | undefined {
  let found: Record<string, string> | undefined;
  let inside = false;
  for (const line of text.split(/\r?\n/)) {
    const section = /^\s*\[(.+)\]\s*$/.exec(line)?.[1];
    if (section !== undefined) {
      inside = section === wanted && found === undefined;
      if (inside) found = {};
      continue;
    }
    const setting = /^\s*([a-z_]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (inside && found !== undefined && setting?.[1] !== undefined) found[setting[1]] = setting[2] ?? '';
  }
  return found;
}
