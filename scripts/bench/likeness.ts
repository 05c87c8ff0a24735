import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, zstdCompressSync } from 'node:zlib';
import type { TestServer } from '../../tests/support/postgres.ts';

const run = promisify(execFile);

/** The tables with nearly all bytes of a database, as the releases name them. */
const large = ['messages', 'steps', 'step_metrics', 'provider_traces', 'runs', 'archival_passages', 'agent_passages'];
/** Fewer rows tell nothing. */
const enough = 10;
/** Bytes of generated rows that are looked at. */
const sample = 64e6;

export interface Likeness {
  table: string;
  /** How many times zstd 1 makes the first 64 MB of generated rows smaller … */
  generated: number;
  /** … and all that a real server wrote, which are fewer. */
  written: number;
}

/**
 * How alike generated rows are to a server's, which are in the fixture: what benchmarks of compression stand on. In the order in
 * which they lie there, and in binary format: the fixture's vectors are rounded to four digits, which their text shows and
 * their bytes do not. Generated rows are older than the fixture's, which are among them.
 */
export async function likenessOf(server: TestServer, generated: string, fixture: string): Promise<Likeness[]> {
  const found: Likeness[] = [];
  const there = await server.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname = any($1) order by 1`,
    [large],
    fixture,
  );
  for (const { name: table } of there) {
    const [{ rows, first } = { rows: 0, first: '' }] = await server.query<{ rows: number; first: string }>(
      `select count(*)::int as rows, min(created_at)::text as first from public.${table}`,
      [],
      fixture,
    );
    if (rows < enough) continue;
    const read = async (database: string, where: string, count: number) => {
      const copy = `copy (select * from public.${table} ${where} limit ${count}) to stdout (format binary)`;
      const { stdout } = await run(join(server.binDir, 'psql'), ['-X', '-q', '-d', server.url(database), '-c', copy], {
        encoding: 'buffer',
        maxBuffer: 2 ** 30,
      });
      return stdout;
    };
    const theirs = await read(fixture, '', rows);
    const ours = await read(generated, `where created_at < '${first}'`, Math.ceil((sample * rows) / theirs.length));
    found.push({ table, generated: ratioOf(ours), written: ratioOf(theirs) });
  }
  return found;
}

const ratioOf = (bytes: Buffer): number =>
  bytes.length / zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }).length;

/** `zstd 1 of messages` → `7.2 times (a server's rows 7.2)` */
export function likenessFacts(likeness: readonly Likeness[]): Record<string, string> {
  return Object.fromEntries(
    likeness.map(({ table, generated, written }) => [
      `zstd 1 of ${table}`,
      `${generated.toFixed(1)} times smaller (a server's rows ${written.toFixed(1)})`,
    ]),
  );
}
