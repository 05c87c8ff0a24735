import { findRelease } from '../../letta/catalogue.ts';
import { isSince } from '../../letta/serving-release.ts';
import type { ServerTarget } from '../../postgres/server-target.ts';

export interface EnvironmentOptions {
  version: string;
  target: Pick<ServerTarget, 'user' | 'password' | 'database'>;
  postgresPort: number;
  encryptionKey: string | null;
  /** HOME of the server: empty before, thrown away afterwards. */
  home: string;
  path: string;
}

/**
 * All that a drilled server gets to know. Nothing of the caller's environment but PATH: no provider's key, no vector store
 * (LETTA_TPUF_*, LETTA_PINECONE_*), no sandbox service, no webhook (STEP_COMPLETE_WEBHOOK): letta-server.md §12.
 */
export function serverEnvironment(options: EnvironmentOptions): Record<string, string> {
  const { version, target, postgresPort, encryptionKey, home, path } = options;
  const login = [target.user, target.password]
    .filter((part) => part !== undefined)
    .map(encodeURIComponent)
    .join(':');
  const uri = `postgresql://${login}@127.0.0.1:${postgresPort}/${encodeURIComponent(target.database)}`;
  // From 0.12 on the server speaks asyncpg. Without these two it opens a connection per session and now and then hangs for a minute.
  const asyncpg = findRelease(version) === undefined || isSince(version, '0.12.0');
  return {
    PATH: path,
    HOME: home,
    TMPDIR: home,
    LANG: 'C.UTF-8',
    LETTA_DIR: `${home}/.letta`,
    LETTA_PG_URI: asyncpg ? `${uri}?sslmode=disable` : uri,
    ...(asyncpg ? { LETTA_DISABLE_SQLALCHEMY_POOLING: 'false' } : {}),
    ...(encryptionKey === null ? {} : { LETTA_ENCRYPTION_KEY: encryptionKey }),
    // The environment of Python programs stays as it was.
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
  };
}
