import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { BuiltProgram } from '../../scripts/bench/built-program.ts';
import { fillLettaDatabase } from '../../scripts/bench/generate/letta-database.ts';
import { loadFixture } from '../support/fixtures.ts';
import { testServer } from '../support/postgres.ts';
import { addLargeField } from './large-field.ts';

/**
 * Peak memory of the real commands, as a package has them (built, started by the program's own first line), at growing sizes: it must stay below 200 MB (plus the largest field) whatever the
 * size. Prints a table; exits 1 where the bound is broken. `npm run test:memory [-- MEGABYTES…]`
 */
const sizes = process.argv.slice(2).map(Number);
const bound = 200 * 1024 * 1024;
const directory = await mkdtemp(join(tmpdir(), 'lifeboat-memory-'));
const program = await BuiltProgram.make(directory);
const identity = join(directory, 'identity');
const secret = await generateIdentity();
await writeFile(identity, secret, { mode: 0o600 });
const server = await testServer(16);
let failed = false;

for (const { label, megabytes, field } of [
  ...(sizes.length > 0 ? sizes : [100, 1000]).map((megabytes) => ({ label: `${megabytes} MB`, megabytes, field: 0 })),
  { label: 'one 300 MB field', megabytes: 0, field: 300 },
]) {
  const source = await loadFixture(server, 'letta-0.16.8');
  if (megabytes > 0) await fillLettaDatabase(server, source.name, megabytes * 1e6);
  if (field > 0) await addLargeField(server, source.name, field * 1024 * 1024);
  const vault = join(directory, `vault-${label.replaceAll(' ', '-')}`);
  const target = `${source.name}_back`;
  const limit = bound + field * 1024 * 1024;
  await run(['init', '--vault', vault, '--recipient', await identityToRecipient(secret)]);
  for (const args of [
    ['backup', source.url, '--vault', vault],
    ['verify', 'latest', '--vault', vault, '--identity', identity],
    ['restore', 'latest', '--vault', vault, '--identity', identity, '--to', server.url(target), '--yes'],
    ['verify', server.url(target), '--against', 'latest', '--vault', vault, '--identity', identity],
  ]) {
    const { code, peak, seconds, said } = await run([...args, ...(args[0] === 'backup' ? ['--identity', identity] : [])]);
    // The generated rows are not free of findings (exit codes 3 and 4): what counts here is that they are equal.
    const fine = args.includes('--against') ? said.includes('"equal":true') : code === 0;
    const ok = fine && peak <= limit;
    failed ||= !ok;
    console.log(
      `${label.padEnd(18)} ${args[0]?.padEnd(8)} ${(peak / 1048576).toFixed(0).padStart(5)} MB (bound ${limit / 1048576} MB)  ${seconds.toFixed(1).padStart(6)} s  exit ${code}  ${ok ? 'ok' : 'FAILED'}`,
    );
    if (!fine) console.log(said);
  }
  await server.dropDatabase(target);
  await source.drop();
  await rm(vault, { recursive: true, force: true });
}
await rm(directory, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;

/** Runs the program and watches its high-water mark, as the kernel counts it. */
async function run(args: string[]): Promise<{ code: number | null; peak: number; seconds: number; said: string }> {
  const started = performance.now();
  const { program: bin, args: words, env } = program.command(...args);
  const child = spawn(bin, words, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4000);
    });
  let peak = 0;
  const timer = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    peak = Math.max(peak, Number(status.match(/VmHWM:\s+(\d+) kB/)?.[1] ?? 0) * 1024);
  }, 50);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(timer);
  return { code, peak, seconds: (performance.now() - started) / 1000, said };
}
