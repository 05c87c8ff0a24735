import { Gauge, Registry } from 'prom-client';
import { proofStates } from '../../drill/proof-state.ts';
import type { StatusFacts, Verdict } from '../assess.ts';

/**
 * What `status` knows in Prometheus' text format, without timestamps, as a textfile collector wants it. A value that is
 * not known (a vault that was never drilled) is left out, not zero. Where a database is named, others are left out too. No label holds more than names, releases and the
 * system identifier of the server.
 */
export async function metricsText({ snapshots, now }: Pick<StatusFacts, 'snapshots' | 'now'>, { exit, judged }: Verdict): Promise<string> {
  const registry = new Registry();
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge({ name: `lifeboat_${name}`, help, labelNames: [...labelNames], registers: [registry] });
  const source = ['database', 'server'] as const;
  const ofRelease = [...source, 'release'] as const;

  const backup = gauge('last_backup_timestamp_seconds', 'When the newest snapshot was taken, Unix time.', ofRelease);
  const proven = gauge(
    'last_proven_restore_timestamp_seconds',
    'When the last drill that restored a snapshot and proved it ended, Unix time.',
    ofRelease,
  );
  const drilled = gauge('last_drill_timestamp_seconds', 'When the newest drill ended, however it ended, Unix time.', source);
  const success = gauge('last_drill_success', 'Whether the newest drill proved the restore (1) or failed (0).', source);
  const recovery = gauge('recovery_time_seconds', 'How long the last proven restore took.', source);
  const state = gauge('proof_state', 'The state that holds is 1, the others are 0.', [...source, 'state']);
  const since = gauge('backups_since_proof', 'Snapshots that are newer than the proven one.', source);
  const held = gauge('snapshots', 'Sound snapshots in the vault.', source);
  const unreadable = gauge('snapshots_unreadable', 'Snapshots in the vault whose manifest cannot be read.', []);
  const exitCode = gauge('status_exit_code', 'The exit code of `lifeboat status`: 0 is well.', []);
  const looked = gauge('status_timestamp_seconds', 'When `lifeboat status` looked, Unix time.', []);

  for (const standing of judged) {
    const labels = { database: standing.source.database, server: standing.source.systemIdentifier };
    const { manifest } = standing.newest;
    backup.set({ ...labels, release: manifest.letta.releases.at(-1) ?? 'unknown' }, seconds(manifest.time));
    if (standing.proven) proven.set({ ...labels, release: standing.proven.target.release ?? 'unknown' }, seconds(standing.proven.time));
    if (standing.proven?.recoveryTime) recovery.set(labels, standing.proven.recoveryTime);
    if (standing.drill) {
      drilled.set(labels, seconds(standing.drill.time));
      success.set(labels, standing.drill.outcome === 'proven' ? 1 : 0);
    }
    for (const each of proofStates) state.set({ ...labels, state: each }, each === standing.state ? 1 : 0);
    if (standing.since !== null) since.set(labels, standing.since);
    held.set(labels, standing.snapshots);
  }
  unreadable.set(snapshots.filter((listed) => 'error' in listed).length);
  exitCode.set(exit);
  looked.set(seconds(now.toISOString()));
  return `${(await registry.metrics()).trimEnd()}\n`;
}

const seconds = (time: string): number => Date.parse(time) / 1000;
