import type { Database } from '../../postgres/database.ts';
import { formatCount, formatCountOf, formatTime, shellWord } from '../../report/format.ts';
import type { Fields, PlanView, SummaryView, TableView, Tone } from '../../report/output.ts';
import type { SwitchPlan } from '../../switch/plan-switch.ts';
import type { SwitchResult } from '../../switch/switch.ts';
import { isLoss, type Written } from '../../switch/written.ts';

export function switchPlanView(plan: SwitchPlan, database: Database): PlanView {
  const { id, built, former, snapshot, snapshotTime, releases, steps, notes } = plan;
  const taken = snapshotTime === null ? '' : ` of ${formatTime(snapshotTime)}`;
  return {
    fields: { verb: 'switch', plan: id, database: database.label, built, former, snapshot, snapshotTime, releases, steps, notes },
    title: `Switch (plan ${id})`,
    facts: [
      ['database', database.label],
      ['now', former === null ? 'nothing has this name' : `Letta ${releases.before.join(', ') || 'of unknown release'}; kept as ${former}`],
      ['then', `${built}: Letta ${releases.after.join(', ') || 'of unknown release'}, built from snapshot ${snapshot}${taken}`],
    ],
    steps,
    notes: [...notes],
    refusals: [],
  };
}

/** What was written meanwhile: one line per table. */
export function writtenTable({ id, tables, agents }: Written): TableView {
  const names = new Map(agents.map((agent) => [agent.id, agent.name]));
  return {
    type: 'written',
    columns: [
      { title: 'table' },
      { title: 'new or changed', align: 'right' },
      { title: 'by a boot', align: 'right' },
      { title: 'deleted', align: 'right' },
      { title: 'what' },
    ],
    rows: tables.map((table) => ({
      cells: [
        table.table,
        formatCount(table.written),
        formatCount(table.byBoot),
        formatCount(table.deleted),
        [
          ...(table.reason === null ? [] : [table.reason]),
          ...(isLoss(table) ? table.examples.slice(0, 3) : ['written by the server itself when it starts']),
          ...(table.agents.length > 0
            ? [
                `agents ${table.agents
                  .slice(0, 3)
                  .map((agent) => names.get(agent) ?? agent)
                  .join(', ')}${table.agents.length > 3 ? ' …' : ''}`,
              ]
            : []),
        ].join('; '),
      ],
      fields: {
        ...table,
        loss: isLoss(table),
        report: id,
        agents: table.agents.map((agent) => ({ agent, name: names.get(agent) ?? null })),
      },
      ...(isLoss(table) && { tone: 'bad' as const }),
    })),
    empty: 'Nothing was written.',
  };
}

/** Losses that were accepted, for the summary of programs. */
export function lossFields(written: Written | null): Fields[] {
  return (written?.tables ?? [])
    .filter(isLoss)
    .map(({ table, reason, written: rows, byBoot, deleted }) => ({ table, reason, rows: rows - byBoot, deleted }));
}

/** @param opening the flags with which a command opens the vault that was given; `--vault V` where none was */
export function switchSummary(
  result: SwitchResult,
  { database, tone, opening }: { database: Database; tone: Tone; opening: string },
): SummaryView {
  const { plan, comparison, times, timings, warnings } = result;
  const losses = lossFields(comparison?.written ?? null);
  return {
    fields: {
      database: database.label,
      built: plan.built,
      former: plan.former,
      snapshot: plan.snapshot,
      plan: plan.id,
      done: true,
      compared: comparison && { tables: comparison.tables, rows: comparison.rows, bytes: comparison.bytes },
      losses,
      ...times,
      timings,
      warnings,
    },
    tone,
    title: `${database.label} is now what ${plan.built} was.`,
    facts: [
      ['release', plan.releases.after.join(', ') || 'unknown'],
      ['before', plan.former === null ? 'nothing had this name' : `kept as ${plan.former}`],
      ...(comparison
        ? [
            [
              'compared',
              losses.length === 0
                ? `${formatCountOf(comparison.rows, 'row')} of ${formatCountOf(comparison.tables, 'table')}: nothing was written since the snapshot`
                : `rows in ${formatCountOf(losses.length, 'table')} were let go`,
            ] as const,
          ]
        : []),
      ['off', `nobody could connect for ${times.connectionsOff.toFixed(2)} s; the renaming took ${times.renaming.toFixed(3)} s of it`],
    ],
    timings,
    warnings,
    // In the order in which they are done: whoever pastes them from the top must not undo the switch.
    next: [
      `start the Letta server${plan.releases.after.length === 0 ? '' : ` ${plan.releases.after.join(' or ')}`}`,
      `lifeboat backup ${shellWord(database.label)} ${opening}   # of the new database`,
      ...(plan.former === null
        ? []
        : [
            `lifeboat rollback ${shellWord(database.label)}   # the way back, if something is wrong`,
            `lifeboat former ${shellWord(database.label)} --drop ${shellWord(plan.former)}   # when the old one is not needed any more`,
          ]),
    ],
    // Nothing else says which name the database that was put aside has.
    essential: true,
  };
}
