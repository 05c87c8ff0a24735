import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { backUp, TestVault } from '../road/road.ts';
import { loadFixture } from '../support/fixtures.ts';
import { type TestDatabase, type TestServer, testServer } from '../support/postgres.ts';

const script = join(import.meta.dirname, '../../docs/restore-by-hand.sh');
const lacking = ['age', 'zstd', 'psql'].filter((program) => {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return false;
  } catch {
    return true;
  }
});

describe('a table without Lifeboat', { skip: lacking.length > 0 && `not on this machine: ${lacking.join(', ')}` }, () => {
  let server: TestServer;
  let source: TestDatabase;
  let held: TestVault;
  let file: string;
  before(async () => {
    server = await testServer();
    source = await loadFixture(server, 'letta-0.16.8');
    await source.query(
      `create table with_text (id int primary key, tags text[] not null, span int4range); insert into with_text select i, array['a', 'b "' || i], int4range(i, i + 3) from generate_series(1, 500) i`,
    );
    held = await TestVault.create({ minimum: 4096, target: 16384, maximum: 65536 });
    file = (await backUp(source.url, held.vault)).ref.file;
    await writeFile(join(held.directory, 'me.txt'), held.identity, { mode: 0o600 });
  });
  after(async () => {
    await source.drop();
    await held[Symbol.asyncDispose]();
  });

  // messages: many segments; agents_tags: a bundle's part; steps: an enum column; with_text: columns that travel as text.
  for (const table of ['messages', 'agents_tags', 'steps', 'with_text', 'archival_passages']) {
    it(`${table} comes back with age, zstd and psql`, async () => {
      await source.query(`create table by_hand_${table} (like ${table})`);
      await promisify(execFile)('sh', [
        script,
        held.directory,
        join(held.directory, 'me.txt'),
        file,
        table,
        source.url,
        `by_hand_${table}`,
      ]);
      const [row] = await source.query<{ differing: string; rows: string }>(
        `select (select count(*) from ((select x::text from ${table} x except all select y::text from by_hand_${table} y) union all (select y::text from by_hand_${table} y except all select x::text from ${table} x)) d) as differing, (select count(*) from by_hand_${table}) as rows`,
      );
      assert.equal(row?.differing, '0');
      assert.ok(Number(row?.rows) > 0);
    });
  }
});
