import type { Database } from '../../postgres/database.ts';
import { LifeboatError } from '../../report/errors.ts';
import { formatBytes, formatCountOf, formatDuration, formatTime, shellWord } from '../../report/format.ts';
import type { PlanView, SummaryView, TableView, Tone } from '../../report/output.ts';
import type { RestorePlan } from '../../restore/plan.ts';
import type { RestoreResult } from '../../restore/restore.ts';

export function restorePlan(plan: RestorePlan, label: string): PlanView {
  const { snapshot, target } = plan;
  const refusals = plan.refusals.map(({ code, facts }) => ({ code, ...told(new LifeboatError(code, facts)) }));
  return {
    fields: {
      verb: 'restore',
      plan: plan.id,
      snapshot,
      target: { ...target, database: label },
      steps: plan.steps,
      notes: plan.notes,
      refusals,
    },
    title: `Restore (plan ${plan.id})`,
    facts: [
      ['snapshot', `${snapshot.id} of ${formatTime(snapshot.time)}, Letta ${snapshot.release}`],
      [
        'content',
        `${formatCountOf(snapshot.tables, 'table')}, ${formatCountOf(snapshot.rows, 'row')}, ${formatCountOf(snapshot.agents, 'agent')}, ${formatBytes(snapshot.bytes)}`,
      ],
      [
        'to',
        `${label}, PostgreSQL ${target.server}, tables in schema ${target.home}${target.owner === null ? '' : `, owned by ${target.owner}`}`,
      ],
    ],
    steps: plan.steps,
    notes: plan.notes,
    refusals,
  };
}

const told = ({ message, why, next }: LifeboatError) => ({ message: `${message} ${why}`, next });

export function driftTable(drift: RestoreResult['drift']): TableView {
  return {
    type: 'finding',
    columns: [{ title: 'where' }, { title: 'drift' }, { title: 'repair' }],
    rows: drift.map((finding) => {
      const where = [finding.table, finding.name].filter(Boolean).join(': ');
      const message = [
        finding.kind,
        ...(finding.expected ? [`expected ${finding.expected}`] : []),
        ...(finding.actual ? [`found ${finding.actual}`] : []),
      ].join(', ');
      return {
        cells: [where, message, finding.repair ?? ''],
        fields: { code: 'drift', severity: 'error', where, message, repair: finding.repair ?? null },
        tone: 'bad',
      };
    }),
    empty: 'No drift.',
  };
}

export function restoreSummary(
  result: RestoreResult,
  { target, opening, equal, tone, seconds }: { target: Database; opening: string; equal: boolean; tone: Tone; seconds: number },
): SummaryView {
  const { plan, manifest, comparison, drift, warnings, timings } = result;
  const findings = [
    ...(comparison?.differences ?? []).map(({ table, reason }) => ({ code: 'content', where: table, message: reason })),
    ...drift.map(({ kind, table, name }) => ({ code: 'drift', where: [table, name].filter(Boolean).join(': '), message: kind })),
  ];
  const compared = `${formatCountOf(comparison?.tables ?? 0, 'table')}, ${formatCountOf(comparison?.rows ?? 0, 'row')}, ${formatBytes(comparison?.bytes ?? 0)}`;
  return {
    fields: {
      snapshot: manifest.id,
      contentId: manifest.contentId,
      database: target.label,
      plan: plan.id,
      done: true,
      equal,
      rows: comparison?.rows ?? 0,
      bytes: comparison?.bytes ?? 0,
      seconds,
      losses: [],
      setAside: [],
      findings,
      warnings,
      timings,
    },
    tone,
    title: equal
      ? `${target.label} holds snapshot ${manifest.id}: read back and equal. Done in ${formatDuration(seconds)}.`
      : `${target.label} is NOT equal to snapshot ${manifest.id} and stays marked incomplete.`,
    facts: [['compared', compared]],
    timings,
    warnings,
    next: [`lifeboat verify ${shellWord(target.label)} --against ${manifest.id} ${opening}`],
  };
}
