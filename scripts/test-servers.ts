/** `npm run test:servers start | stop | status`: PostgreSQL servers that stay up between single test files. */
import { setUpInstallations } from '../tests/support/postgres-installations.ts';
import type { RunningServer } from '../tests/support/postgres-process.ts';
import { lingeringServers, startLingeringServers, stopLingeringServers } from '../tests/support/shared-servers.ts';

const say = (line: string) => console.log(line);
const show = (what: string) => (server: RunningServer) =>
  say(`PostgreSQL ${server.version} with pgvector ${server.pgvector}: ${what} postgresql://postgres@127.0.0.1:${server.port}/postgres`);

switch (process.argv[2]) {
  case 'start': {
    const { missing } = await setUpInstallations(say);
    (await startLingeringServers(['15', '16', '16.2', '17', '18'])).forEach(show('running at'));
    for (const { label, reason } of missing) say(`PostgreSQL ${label}: not run (${reason})`);
    break;
  }
  case 'stop':
    (await stopLingeringServers()).forEach(show('stopped, was at'));
    break;
  case 'status':
  case undefined:
    (await lingeringServers()).forEach(show('running at'));
    break;
  default:
    console.error('usage: npm run test:servers start | stop | status');
    process.exitCode = 2;
}
