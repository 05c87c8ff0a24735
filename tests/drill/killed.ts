import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { drill } from '../../src/drill/drill.ts';
import { drillRoot } from '../../src/drill/drill-directory.ts';
import { embeddedPlan } from '../../src/drill/embedded-throwaway.ts';
import { localPlan } from '../../src/drill/local-throwaway.ts';
import { serverPlan } from '../../src/drill/server-throwaway.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { silentReporter } from '../../src/report/progress.ts';
import { openStore } from '../../src/vault/open-store.ts';
import { openVault } from '../../src/vault/open-vault.ts';

/**
 * A process that drills and kills itself with SIGKILL: at the beginning of a phase; `initdb`, as soon as that has made
 * something; `created`, as soon as a database is there on the server; `removing`, in the middle of the removal.
 * Words: where (embedded, local or a URL), point, vault directory, identity, directory of programs.
 */
const [where = '', point = '', vaultDirectory = '', identity = '', programs = ''] = process.argv.slice(2);
const die = () => process.kill(process.pid, 'SIGKILL');

/** Dies as soon as it is so. */
function dieWhen(isSo: () => boolean): void {
  setInterval(() => {
    if (isSo()) die();
  }, 1);
}
const inDirectory = (...path: string[]) =>
  readdirSync(drillRoot())
    .filter((name) => name.startsWith('lifeboat-drill-'))
    .some((name) => existsSync(join(drillRoot(), name, ...path)));

const reporter = {
  ...silentReporter,
  phase(name: string) {
    if (name === point) die();
    if (name === 'start' && point === 'initdb') dieWhen(() => inDirectory('data', 'base'));
    if (name === 'remove' && point === 'removing')
      dieWhen(() => ['base', 'global', 'pg_wal', 'pg_xact'].some((each) => !inDirectory('data', each)));
  },
};

const vault = await openVault(openStore(vaultDirectory), { identities: [identity] }, { pin: null });
const [ref] = await vault.listSnapshots();
if (!ref) throw new RangeError('no snapshot');
const local = where === 'local' ? await localPlan({ directory: programs, environment: process.env }) : null;
const server = local === null && where !== 'embedded' ? openDatabase(where) : null;
const place = local?.plan ?? (server ? serverPlan(server, where) : embeddedPlan());
await drill({
  vault,
  ref,
  place,
  release: null,
  keys: { encryptionKey: null, rekeyTo: null },
  reporter,
  signal: new AbortController().signal,
  toolVersion: 'test',
});
