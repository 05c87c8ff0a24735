import { formatBytes, formatCountOf, formatTime, shellWord } from '../../report/format.ts';
import type { PlanView, SummaryView, TableView, Tone } from '../../report/output.ts';
import type { Warning } from '../../report/progress.ts';
import type { DropPlan, Former } from '../../switch/former.ts';

export function formerTable(formers: readonly Former[]): TableView {
  return {
    type: 'former',
    columns: [{ title: 'former' }, { title: 'until' }, { title: 'release' }, { title: 'size', align: 'right' }, { title: 'rollback' }],
    rows: formers.map((former) => ({
      cells: [
        former.name,
        formatTime(former.since),
        former.releases.join(', ') || 'unknown',
        former.bytes === null ? '?' : formatBytes(former.bytes),
        former.wayBack ? 'goes back to it' : former.by === 'rollback' ? 'put it aside' : '',
      ],
      fields: {
        former: former.name,
        until: former.since,
        by: former.by,
        releases: former.releases,
        revision: former.revision,
        bytes: former.bytes,
        wayBack: former.wayBack,
      },
    })),
    empty: 'No database was put aside by a switch or a rollback.',
  };
}

export function formerSummary(
  formers: readonly Former[],
  database: { label: string },
  warnings: readonly Warning[],
  tone: Tone,
): SummaryView {
  const way = formers.find(({ wayBack }) => wayBack);
  const oldest = formers.find(({ wayBack }) => !wayBack) ?? way;
  return {
    fields: {
      database: database.label,
      formers: formers.length,
      bytes: formers.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
      warnings,
    },
    tone,
    title: `${formatCountOf(formers.length, 'former database')} of ${database.label}`,
    facts: [],
    warnings,
    next: [
      ...(way ? [`lifeboat rollback ${shellWord(database.label)}   # back to ${way.name}`] : []),
      ...(oldest
        ? [`lifeboat former ${shellWord(database.label)} --drop ${shellWord(oldest.name)}   # when it is not needed any more`]
        : []),
    ],
  };
}

export function dropPlanView({ former, steps }: DropPlan, database: { label: string }): PlanView {
  return {
    fields: {
      verb: 'former',
      database: database.label,
      drop: former.name,
      until: former.since,
      by: former.by,
      bytes: former.bytes,
      wayBack: former.wayBack,
      steps,
    },
    title: `Drop ${former.name}`,
    facts: [
      ['had the name', `of ${database.label} until ${formatTime(former.since)}: a ${former.by} put it aside`],
      ['size', former.bytes === null ? 'unknown' : formatBytes(former.bytes)],
    ],
    steps,
    notes: [],
    refusals: [],
  };
}

export function dropSummary(former: Former, database: { label: string }): SummaryView {
  return {
    fields: { database: database.label, dropped: former.name, bytes: former.bytes, wayBack: former.wayBack, done: true },
    tone: 'good',
    title: `${former.name} is dropped.`,
    facts: [],
  };
}
