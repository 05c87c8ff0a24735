import type { Database } from '../../postgres/database.ts';
import { LifeboatError } from '../../report/errors.ts';
import { formatBytes, formatCountOf, formatDuration, formatTime, shellWord } from '../../report/format.ts';
import type { PlanView, SummaryView, TableView, Tone } from '../../report/output.ts';
import { reportId } from '../../restore/accepted-losses.ts';
import type { RestorePlan } from '../../restore/plan.ts';
import type { RestoreResult } from '../../restore/restore.ts';
import type { Loss } from '../../upgrade/loss.ts';
import { carriedInShort } from './carried-view.ts';
import { lossesInShort } from './loss-views.ts';

export function restorePlan(plan: RestorePlan, label: string): PlanView {
  const { snapshot, target } = plan;
  const refusals = plan.refusals.map(({ code, facts }) => ({ code, ...told(new LifeboatError(code, facts)) }));
  return {
    fields: {
      verb: 'restore',
      plan: plan.id,
      snapshot,
      target: { ...target, database: label },
      ...(plan.way && { way: plan.way }),
      steps: plan.steps,
      notes: plan.notes,
      refusals,
    },
    title: plan.way === null ? `Restore (plan ${plan.id})` : `Restore to Letta ${plan.way.to.release} (plan ${plan.id})`,
    facts: [
      ['snapshot', `${snapshot.id} of ${snapshot.database}, ${formatTime(snapshot.time)}, Letta ${snapshot.release}`],
      [
        'content',
        `${formatCountOf(snapshot.tables, 'table')}, ${formatCountOf(snapshot.rows, 'row')}, ${formatCountOf(snapshot.agents, 'agent')}, ${formatBytes(snapshot.bytes)}`,
      ],
      [
        'to',
        `${label}, PostgreSQL ${target.server}, tables in schema ${target.home}${target.owner === null ? '' : `, owned by ${target.owner}`}`,
      ],
      ...(plan.way === null
        ? []
        : ([
            ['way', `Letta ${plan.way.from.release} → ${plan.way.to.release}, ${formatCountOf(plan.way.revisions, 'revision')}`],
            ['losses', foreseen(plan.way.losses)],
          ] as const)),
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
  { target, equal, tone, seconds, next }: { target: Database; equal: boolean; tone: Tone; seconds: number; next: string[] },
): SummaryView {
  const { plan, manifest, comparison, drift, warnings, timings, losses, agents } = result;
  const of = (kind: Loss['class']) => losses.filter((loss) => loss.class === kind);
  const findings = [
    ...(comparison?.differences ?? []).map(({ table, reason }) => ({ code: 'content', where: table, message: reason })),
    ...result.wrong.map(({ table, row, what }) => ({ code: 'wrong-value', where: `${table}: ${row}`, message: what })),
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
      ...(plan.way && {
        way: plan.way,
        accepted: result.accepted,
        report: reportId(plan, losses),
        unchecked: of('unchecked'),
        derived: of('derived'),
      }),
      ...(result.carried.length > 0 && { carried: result.carried }),
      ...(agents.length > 0 && { agents: agents.length, agentsThere: agents.filter(({ there }) => there).length }),
      losses: of('dropped'),
      setAside: of('set aside'),
      findings,
      warnings,
      timings,
    },
    tone,
    title: equal
      ? `${target.label} holds snapshot ${manifest.id}${plan.way ? ` at Letta ${plan.way.to.release}` : ''}: read back and ${plan.way ? 'proven' : 'equal'}. Done in ${formatDuration(seconds)}.`
      : `${target.label} is NOT equal to snapshot ${manifest.id} and stays marked incomplete.`,
    facts: [
      ['compared', compared],
      ...(plan.way
        ? ([
            ['agents', `${agents.filter(({ there }) => there).length} of ${agents.length} are there, with id, name and all messages`],
            ['carried', carriedInShort(result.carried)],
            ['losses', `${lossesInShort(losses)}${result.accepted ? ' (accepted)' : ''}`],
            ...(of('dropped').length > 0 && !result.accepted
              ? ([
                  [
                    'to accept',
                    `nothing more has to be done; where exit code 4 matters, the same command to another --to with --accept-losses ${reportId(plan, losses)}`,
                  ],
                ] as const)
              : []),
          ] as const)
        : []),
    ],
    timings,
    warnings,
    next,
  };
}

/** What a dry run ends with: plan, losses as counted in the snapshot, and why it could not be done. */
export function restoreDryRun({ plan, losses, accepted }: RestoreResult, label: string, opening: string): SummaryView {
  const refusal = plan.refusals[0];
  const dropped = losses.filter((loss) => loss.class === 'dropped');
  return {
    fields: {
      snapshot: plan.snapshot.id,
      database: label,
      plan: plan.id,
      dryRun: true,
      done: false,
      refusals: plan.refusals.map(({ code }) => code),
      losses: dropped,
      setAside: losses.filter((loss) => loss.class === 'set aside'),
      ...(plan.way && { way: plan.way, accepted }),
      warnings: plan.notes,
    },
    tone: refusal ? 'bad' : dropped.length > 0 && !accepted ? 'warning' : 'good',
    title: refusal ? 'A dry run: this restore would be refused. Nothing was changed.' : 'A dry run: nothing was changed.',
    facts: plan.way
      ? [
          ['losses', foreseen(losses)],
          [
            'later',
            `secrets, tools, MCP servers and values that the other server refuses are looked at in the built rows${plan.way.possible.length > 0 ? `, and ${formatCountOf(plan.way.possible.length, 'question')} of the way asked there` : ''}; the report at the end has the answers`,
          ],
        ]
      : [],
    next: refusal
      ? []
      : [
          ...(plan.way === null || plan.way.revisions === 0
            ? []
            : [
                `lifeboat drill ${plan.snapshot.id} --release ${plan.way.to.release} ${opening}   # builds it on a throwaway server: every loss counted`,
              ]),
          ...(dropped.length === 0
            ? []
            : [
                `the same command with --accept-losses ${plan.id} instead of --dry-run, if these losses are acceptable and no more come to light`,
              ]),
        ],
  };
}

/** How to go on after a restore. A database of another release cannot be compared whole with the snapshot. */
export function restoreNext(target: Database, snapshot: string | null, opening: string): string[] {
  return [
    `lifeboat verify ${shellWord(target.label)}${snapshot === null ? '' : ` --against ${snapshot} ${opening}`}`,
    `lifeboat switch DB --to ${shellWord(target.name)} ${opening}   # in the place of DB, whose Letta server is stopped`,
  ];
}

/** How to go on after an upgrade: the server must be stopped for the last snapshot, and before names are exchanged. */
export function upgradeNext(text: string, source: Database, target: Database, release: string | null, opening: string): string[] {
  return [
    `stop the Letta server of ${source.name}; if it ran until now, upgrade once more, --to another name: what it wrote since this snapshot is not in ${target.name}`,
    `lifeboat switch ${shellWord(text)} --to ${shellWord(target.name)} ${opening}`,
    `start the Letta server${release === null ? '' : ` ${release}`}`,
  ];
}

/** Losses as far as the snapshot alone can tell them. */
function foreseen(losses: readonly Loss[]): string {
  return losses.length === 0 ? 'none that the snapshot alone shows' : lossesInShort(losses);
}
