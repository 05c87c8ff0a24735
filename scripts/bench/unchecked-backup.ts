/**
 * A backup without the self-check, to see what that costs: `DIST DATABASE-URL VAULT IDENTITY-FILE`. The tool itself has no
 * such flag: what was not read back is not acknowledged.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [dist = '', url = '', directory = '', identity = ''] = process.argv.slice(2);
const built = (path: string) => pathToFileURL(join(dist, path)).href;
const { backup } = (await import(built('backup/backup.js'))) as typeof import('../../src/backup/backup.ts');
const { openDatabase } = (await import(built('postgres/open-database.js'))) as typeof import('../../src/postgres/open-database.ts');
const { openStore } = (await import(built('vault/open-store.js'))) as typeof import('../../src/vault/open-store.ts');
const { openVault } = (await import(built('vault/open-vault.js'))) as typeof import('../../src/vault/open-vault.ts');
const { silentReporter } = (await import(built('report/progress.js'))) as typeof import('../../src/report/progress.ts');

const database = openDatabase(url, { environment: process.env });
const vault = await openVault(openStore(directory), { identities: [await readFile(identity, 'utf8')] }, { pin: null, selfCheck: false });
const { manifest } = await backup({
  database,
  vault,
  reporter: silentReporter,
  signal: new AbortController().signal,
  toolVersion: 'bench',
});
await database.close();
console.log(JSON.stringify({ type: 'summary', newBytes: manifest.totals.newBytes }));
