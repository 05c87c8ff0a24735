import type { Database } from '../../postgres/database.ts';
import { describeChange } from '../../repair/applied-change.ts';
import { changeSql } from '../../repair/change-sql.ts';
import type { RepairPlan } from '../../repair/plan-repair.ts';
import type { RepairResult } from '../../repair/repair.ts';
import type { RepairTarget } from '../../repair/repair-target.ts';
import type { UndoPlan } from '../../repair/undo.ts';
import type { UndoRecord } from '../../repair/undo-record.ts';
import { formatCount, formatCountOf, formatDuration, formatTime, shellWord } from '../../report/format.ts';
import type { PlanView, SummaryView, TableView, Tone } from '../../report/output.ts';
import type { Warning } from '../../report/progress.ts';
import type { Finding } from '../../verify/finding.ts';
import { findingCounts, forPrograms } from './finding-view.ts';

/** Statements per finding that programs are shown; people see fewer, and each cut short. */
const statementsListed = 20;
const statementsShown = 3;
const longestShown = 200;

const shown = (sql: string): string => (sql.length > longestShown ? `${sql.slice(0, longestShown)} …` : sql);
const schemaOf = ({ identity: { home }, model }: RepairTarget) => ({ home, model });

/** What happens to each finding, with the SQL of what would be changed. */
export function repairTable(plan: RepairPlan, target: RepairTarget): TableView {
  const row = (what: 'mend' | 'later' | 'advice') => (finding: Finding) => {
    const { code, severity, where, message, count, repair, changes } = finding;
    const sql = changes.slice(0, statementsListed).map((change) => changeSql(change, schemaOf(target)));
    return {
      cells: [titles[what], code, where],
      below: [message, ...below[what](finding, sql)],
      fields: { code, severity, where, message, count, what, changes: changes.length, sql, repair },
    };
  };
  return {
    type: 'repair',
    columns: [{ title: 'what' }, { title: 'finding' }, { title: 'where' }],
    rows: [...plan.mend.map(row('mend')), ...plan.later.map(row('later')), ...plan.advice.map(row('advice'))],
    empty: 'Nothing to mend.',
    confidential: true,
  };
}

const titles = { mend: 'mend', later: 'later', advice: 'by hand' };

const below = {
  mend: ({ changes }: Finding, sql: readonly string[]) => {
    const more = changes.length > statementsShown ? [`and ${formatCount(changes.length - statementsShown)} more`] : [];
    return [...sql.slice(0, statementsShown).map(shown), ...more];
  },
  later: () => ['Not all at once: another finding changes the same rows, or it is too much for one record. Repair once more afterwards.'],
  advice: ({ repair }: Finding) => [repair ?? 'Lifeboat cannot mend this.'],
};

export function repairPlanView(plan: RepairPlan, database: Database): PlanView {
  const tables = Map.groupBy(plan.changes, (change) => (change.kind === 'set sequence' ? 'sequences' : change.table));
  const steps = [
    ...[...tables].map(
      ([table, changes]) => `${formatCountOf(changes.length, 'change')} in ${table}, each only where the values are still these`,
    ),
    'run all checks again: what was to be mended must be gone, and nothing new wrong',
    'keep what was replaced in the vault, then commit; all or nothing',
  ];
  return {
    fields: {
      verb: 'verify --repair',
      plan: plan.id,
      database: database.label,
      mend: plan.mend.map(({ code, where }) => ({ code, where })),
      changes: plan.changes.length,
      steps,
    },
    title: `Repair (plan ${plan.id})`,
    facts: [
      ['database', database.label],
      ['mends', formatCountOf(plan.mend.length, 'finding')],
    ],
    steps,
    notes: [],
    refusals: [],
  };
}

export function nothingToRepairSummary(
  plan: RepairPlan,
  findings: readonly Finding[],
  database: Database,
  tone: Tone,
  seconds: number,
): SummaryView {
  return {
    fields: {
      ...commonFields(database, plan, findings, seconds),
      done: false,
      record: null,
      mended: [],
      changes: 0,
      undoable: null,
      warnings: [],
    },
    tone,
    title: `${database.label}: there is nothing that a repair would change.`,
    facts: [
      ['findings', findings.length === 0 ? 'none' : `${findingCounts(findings)}: none that Lifeboat can mend`],
      ['time', formatDuration(seconds)],
    ],
  };
}

export function repairSummary(
  { record, after }: RepairResult,
  {
    plan,
    database,
    opening,
    warnings,
    tone,
    seconds,
  }: { plan: RepairPlan; database: Database; opening: string; warnings: readonly Warning[]; tone: Tone; seconds: number },
): SummaryView {
  return {
    fields: {
      ...commonFields(database, plan, after, seconds),
      done: true,
      record: record.id,
      mended: record.findings,
      changes: record.changes.length,
      undoable: warnings.length === 0,
      warnings,
    },
    tone,
    title: `${database.label}: ${formatCountOf(record.findings.length, 'finding')} mended.`,
    facts: [
      ['changes', `${formatCount(record.changes.length)}, made and checked in one transaction`],
      ['kept', `what was replaced: undo record ${record.id}`],
      ['still found', findingCounts(after)],
      ['time', formatDuration(seconds)],
    ],
    warnings,
    next: [
      `lifeboat undo ${record.id} ${shellWord(database.label)} ${opening}   # takes it back`,
      ...(after.length > 0 ? [`lifeboat verify ${shellWord(database.label)}   # what is still found`] : []),
      ...(plan.later.length > 0 ? [`lifeboat verify ${shellWord(database.label)} --repair ${opening}   # what had to wait`] : []),
    ],
  };
}

const commonFields = (database: Database, plan: RepairPlan, findings: readonly Finding[], seconds: number) => ({
  database: database.label,
  plan: plan.id,
  later: plan.later.map(({ code, where }) => ({ code, where })),
  findings: findings.map(forPrograms),
  seconds,
});

export function undoPlanView({ id, record, changes }: UndoPlan, target: RepairTarget, database: Database): PlanView {
  const sql = changes.slice(0, statementsListed).map((change) => changeSql(change, schemaOf(target)));
  const more = changes.length > sql.length ? [`and ${changes.length - sql.length} more`] : [];
  return {
    fields: {
      verb: 'undo',
      plan: id,
      database: database.label,
      record: record.id,
      command: record.command,
      taken: record.time,
      changes: changes.length,
      sql,
    },
    title: `Undo of ${record.id} (plan ${id})`,
    facts: [
      ['database', database.label],
      ['takes back', `${record.command} of ${formatTime(new Date(record.time))}: ${record.findings.map(({ code }) => code).join(', ')}`],
      ['rows', [...new Set(changes.map(describeChange))].slice(0, statementsShown).join('; ')],
    ],
    steps: [...sql.map(shown), ...more],
    notes: [],
    refusals: [],
  };
}

export function undoSummary(undone: UndoRecord, database: Database, opening: string, seconds: number): SummaryView {
  return {
    fields: {
      database: database.label,
      plan: undone.plan,
      undone: undone.undoes,
      record: undone.id,
      changes: undone.changes.length,
      done: true,
      seconds,
    },
    tone: 'good',
    title: `${database.label}: ${undone.undoes} is taken back.`,
    facts: [
      ['changes', `${formatCountOf(undone.changes.length, 'change')}, in one transaction`],
      ['kept', `what was replaced: undo record ${undone.id}`],
      ['time', formatDuration(seconds)],
    ],
    next: [
      `lifeboat verify ${shellWord(database.label)}`,
      `lifeboat undo ${undone.id} ${shellWord(database.label)} ${opening}   # makes the changes again`,
    ],
  };
}
