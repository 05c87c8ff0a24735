/** Finds or fetches the PostgreSQL servers that the tests run on. Safe to repeat. `npm test` does it by itself. */
import { setUpInstallations } from '../tests/support/postgres-installations.ts';

const { installations, missing } = await setUpInstallations((line) => console.log(line));
for (const { version, pgvector, binDir } of installations) console.log(`PostgreSQL ${version} with pgvector ${pgvector}: ${binDir}`);
for (const { label, reason } of missing) console.log(`PostgreSQL ${label}: not run (${reason})`);
if (installations.length === 0) process.exitCode = 1;
