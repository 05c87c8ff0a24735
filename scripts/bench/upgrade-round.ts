import { join } from 'node:path';
import { fixtureEncryptionKey } from '../../tests/support/fixtures.ts';
import { installLetta } from '../../tests/support/letta-installations.ts';
import { LettaServer } from '../../tests/support/letta-server.ts';
import { alembicTree } from './alembic-tree.ts';
import { type Command, type Measured, measure } from './measure.ts';
import type { Scene } from './scene.ts';

/** What one round of the upgrade's benchmark took. */
export interface UpgradeRound {
  restore: Measured;
  pgRestoreAndAlembic: Measured;
  upgrade: Measured;
  switch: Measured;
  /** Seconds while nobody could have used either database, as `switch` itself counts them. */
  exchange: { connectionsOff: number; renaming: number };
  alembic: Measured;
  /** Seconds from here on until a real server of the new release answered, and what it said of its agents. */
  boot: { ours: number; upstream: number; ourAgents: number; upstreamAgents: number };
}

const release = '0.16.8';
const user = 'user-00000000-0000-4000-8000-000000000000';
const env = { LETTA_ENCRYPTION_KEY: fixtureEncryptionKey };
/** Partial, or with losses that nobody accepted: both leave a proven database. */
const expected = [3, 4];

export async function runUpgradeRound(scene: Scene, source: string, say: (line: string) => void): Promise<UpgradeRound> {
  const { server } = scene;
  const time = async (name: string, command: Command) => {
    await scene.settle();
    const result = await measure(command);
    say(`  ${name.padEnd(36)} ${result.seconds.toFixed(2).padStart(8)} s ${Math.round(result.peak / 1048576)} MB`);
    return result;
  };
  const lifeboat = (verb: string, vault: string, ...args: string[]): Command => {
    const command = scene.lifeboat(verb, vault, ...args);
    return { ...command, env: { ...command.env, ...env }, expected };
  };

  const vault = await scene.newVault();
  await measure(lifeboat('backup', vault, server.url(source)));
  await server.dropDatabase('bench_built');
  const restore = await time(
    'restore --release',
    lifeboat('restore', vault, 'latest', '--to', server.url('bench_built'), '--release', release, '--yes'),
  );
  await server.dropDatabase('bench_built');

  const inPlace = await scene.emptyDatabase('bench_alembic');
  const pgRestore = scene.own('pg_restore', inPlace, '-j2', scene.path('dump-own'));
  const alembic = await alembicUpgrade(server.url(inPlace));
  const words = [pgRestore, alembic].map(({ program, args }) => [program, ...args].map((word) => `'${word}'`).join(' ')).join(' && ');
  const pgRestoreAndAlembic = await time('pg_restore -j2, alembic upgrade head', { ...alembic, program: 'sh', args: ['-c', words] });
  await server.dropDatabase(inPlace);

  await server.createDatabase({ name: inPlace, template: source });
  const onlyAlembic = await time('alembic upgrade head, in place', alembic);
  const upstream = await boot(server.url(inPlace));
  await server.dropDatabase(inPlace);

  const live = 'bench_live';
  await server.dropDatabase(live);
  await server.createDatabase({ name: live, template: source });
  const second = await scene.newVault();
  const upgrade = await time(
    'upgrade',
    lifeboat('upgrade', second, server.url(live), '--release', release, '--to', server.url('bench_built'), '--yes'),
  );
  const exchanged = await time('switch', lifeboat('switch', second, server.url(live), '--to', 'bench_built', '--yes'));
  const ours = await boot(server.url(live));
  for (const { name } of await server.query<{ name: string }>(`select datname as name from pg_database where datname like 'bench_live%'`))
    await server.dropDatabase(name);
  const summary = JSON.parse(exchanged.said.trim().split('\n').at(-1) ?? '{}') as { connectionsOff: number; renaming: number };
  say(`  a server answered ${ours.seconds.toFixed(1)} s after ours, ${upstream.seconds.toFixed(1)} s after upstream's`);
  return {
    restore,
    pgRestoreAndAlembic,
    upgrade,
    switch: exchanged,
    exchange: { connectionsOff: summary.connectionsOff, renaming: summary.renaming },
    alembic: onlyAlembic,
    boot: { ours: ours.seconds, upstream: upstream.seconds, ourAgents: ours.agents, upstreamAgents: upstream.agents },
  };
}

/** Upstream's own migrations, run as its image runs them. */
async function alembicUpgrade(url: string): Promise<Command> {
  return {
    program: join(await installLetta(release), 'bin/alembic'),
    args: ['upgrade', 'head'],
    cwd: await alembicTree(release),
    env: { ...env, LETTA_PG_URI: url, OTEL_SDK_DISABLED: 'true' },
  };
}

/** Boots a real server. @returns seconds until it answered, and the status of its answer about agents */
async function boot(url: string): Promise<{ seconds: number; agents: number }> {
  const started = performance.now();
  await using letta = await LettaServer.start(url, release);
  const answer = await letta.get('/v1/agents/?limit=20', user);
  return { seconds: (performance.now() - started) / 1000, agents: answer.status };
}
