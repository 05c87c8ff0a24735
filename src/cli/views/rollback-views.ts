import type { Database } from '../../postgres/database.ts';
import { formatCountOf, formatTime, shellWord } from '../../report/format.ts';
import type { PlanView, SummaryView, Tone } from '../../report/output.ts';
import type { RollbackPlan, RollbackResult } from '../../switch/rollback.ts';
import { lossFields } from './switch-views.ts';

export function rollbackPlanView({ id, former, aside, since, steps }: RollbackPlan, database: Database): PlanView {
  return {
    fields: { verb: 'rollback', plan: id, database: database.label, former, aside, since, steps },
    title: `Rollback (plan ${id})`,
    facts: [
      ['database', database.label],
      ['back to', `${former}, which had the name until ${formatTime(since)}`],
      ['kept', `what has the name now, as ${aside}`],
    ],
    steps,
    notes: [],
    refusals: [],
  };
}

export function rollbackSummary({ plan, written, times, timings, warnings }: RollbackResult, database: Database, tone: Tone): SummaryView {
  const losses = lossFields(written);
  const byBoot = (written?.tables ?? []).reduce((sum, table) => sum + table.byBoot, 0);
  const common = { database: database.label, done: true };
  if (plan === null)
    return {
      fields: { ...common, recovered: true, former: null, aside: null, plan: null, losses, byBoot, ...times, timings, warnings },
      tone,
      title: 'A switch that was cut off half-way is put right.',
      facts: [],
      timings,
      warnings,
      essential: true,
    };
  return {
    fields: {
      ...common,
      recovered: false,
      former: plan.former,
      aside: plan.aside,
      plan: plan.id,
      losses,
      byBoot,
      ...times,
      timings,
      warnings,
    },
    tone,
    title: `${database.label} is again what it was before the switch.`,
    facts: [
      ['aside', `what had the name until now is kept as ${plan.aside}`],
      [
        'written since',
        [
          losses.length === 0 ? 'nothing that anybody would miss' : `rows in ${formatCountOf(losses.length, 'table')} were let go`,
          ...(byBoot > 0 ? [`${formatCountOf(byBoot, 'row')} by a server's boot`] : []),
        ].join('; '),
      ],
      ['off', `nobody could connect for ${times.connectionsOff.toFixed(2)} s; the renaming took ${times.renaming.toFixed(3)} s of it`],
    ],
    timings,
    warnings,
    next: [
      `lifeboat switch ${shellWord(database.label)} --to ${shellWord(plan.aside)} --vault V   # to it again`,
      `lifeboat former ${shellWord(database.label)} --drop ${shellWord(plan.aside)}   # when it is not needed any more`,
    ],
    // Nothing else says which name the database that was put aside has.
    essential: true,
  };
}
