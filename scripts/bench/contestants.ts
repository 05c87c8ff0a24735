import { directorySize } from './directory-size.ts';
import { type Measured, measure } from './measure.ts';
import type { Scene } from './scene.ts';

/** What a command of one round took, and what it left behind. */
export interface Result extends Measured {
  /** Bytes stored, where the command stores some. */
  stored?: number;
}

export type Round = Record<string, Result>;

/** One round: each command once, Lifeboat's and the rivals' in turn, on the same database. */
export async function runRound(scene: Scene, source: string, say: (line: string) => void): Promise<Round> {
  const round: Round = {};
  const { server } = scene;
  const time = async (name: string, command: Parameters<typeof measure>[0], stored?: string) => {
    await scene.settle();
    const result = await measure(command);
    round[name] = { ...result, ...(stored !== undefined && { stored: await directorySize(stored) }) };
    say(`  ${name.padEnd(28)} ${result.seconds.toFixed(2).padStart(8)} s ${Math.round(result.peak / 1048576)} MB`);
  };

  const unchecked = await scene.newVault();
  await time('backup without self-check', scene.program.beside('unchecked-backup.ts', server.url(source), unchecked, scene.identity));
  if (scene.client) {
    await time('pg_dump zstd:1', scene.dump(source, scene.path('dump-zstd'), '--compress=zstd:1'), scene.path('dump-zstd'));
  }
  const vault = await scene.newVault();
  await time('backup', scene.lifeboat('backup', vault, server.url(source)), vault);
  await time('pg_dump', scene.dump(source, scene.path('dump-gzip')), scene.path('dump-gzip'));
  const nowhere = await scene.copyScript(source, 'nowhere');
  await time('copy to nowhere', scene.own('psql', source, '-X', '-q', '-f', nowhere));

  const before = await directorySize(vault);
  await time('second backup', scene.lifeboat('backup', vault, server.url(source)));
  Object.assign(round['second backup'] ?? {}, { stored: (await directorySize(vault)) - before });
  await time('verify', scene.lifeboat('verify', vault, 'latest'));
  await time('bare read', scene.program.beside('bare-read.ts', vault, scene.identity));

  await server.dropDatabase('bench_restored');
  await time('restore', scene.lifeboat('restore', vault, 'latest', '--to', server.url('bench_restored'), '--yes'));
  await server.dropDatabase('bench_restored');
  const target = await scene.emptyDatabase('bench_pg_restored');
  await time('pg_restore -j2', scene.own('pg_restore', target, '-j2', scene.path('dump-own')));
  const filled = await scene.emptyDatabase('bench_copied');
  const from = await scene.copyScript(source, 'from');
  const [schema, rows, indexes] = [
    scene.own('pg_restore', filled, '--section=pre-data', scene.path('dump-own')),
    scene.own('psql', filled, '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', from),
    scene.own('pg_restore', filled, '--section=post-data', '-j2', scene.path('dump-own')),
  ];
  const script = [schema, rows, indexes].map(({ program, args }) => [program, ...args].map((word) => `'${word}'`).join(' ')).join(' && ');
  await time('copy from files', { program: 'sh', args: ['-c', script] });
  for (const name of [target, filled]) await server.dropDatabase(name);

  for (const [name, command] of [
    ['help', scene.program.command('--help')],
    ['node -e 0', { program: process.execPath, args: ['-e', '0'] }],
  ] as const) {
    const times = [];
    for (let run = 0; run < 7; run++) times.push(await measure(command));
    const [median] = times.toSorted((a, b) => a.seconds - b.seconds).slice(3);
    if (median) round[name] = median;
  }
  return round;
}

/** What rivals read: a dump of the server's own pg_dump, and a file of binary rows for each table. */
export async function prepareRivals(scene: Scene, source: string): Promise<void> {
  await measure(scene.own('pg_dump', source, '-Fc', '-f', scene.path('dump-own')));
  const script = await scene.copyScript(source, 'to');
  await measure(scene.own('psql', source, '-X', '-q', '-f', script));
}
