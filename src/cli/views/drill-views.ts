import type { Proof } from '../../drill/proof.ts';
import type { Leftover } from '../../drill/sweep.ts';
import type { TargetRevision } from '../../letta/find-revision.ts';
import { formatBytes, formatCountOf, formatTime } from '../../report/format.ts';
import type { Output, PlanView, TableView } from '../../report/output.ts';
import { releaseText } from '../../restore/plan.ts';
import type { Manifest } from '../../vault/manifest.ts';
import type { DrillPlace } from '../drill-place.ts';
import { serverStep, showServer } from './drill-server-views.ts';
import { findingTable } from './finding-view.ts';
import { proofAgentTable, proofDifferenceTable, proofLossTable } from './proof-tables.ts';

/** Snapshots that are named one by one. */
const named = 3;

/**
 * @param server version of the Letta server that is started on it; null: none
 * @param notes what is to be said before it begins
 */
export function drillPlan(
  manifests: readonly Manifest[],
  { plan: place, why }: DrillPlace,
  release: TargetRevision | null,
  server: string | null,
  notes: PlanView['notes'],
): PlanView {
  const to = release === null ? null : (release.release ?? release.revision.revision);
  const [first] = manifests;
  const steps = [
    `make ${place.what}`,
    `restore${to === null ? '' : ` at Letta ${to}`} as a recovery would, read everything back and compare it with the snapshot`,
    'change three values on purpose: the comparison has to name exactly those tables; put them back',
    'ask all checks and count what each agent has',
    ...(server === null ? [] : [serverStep(server)]),
    'remove all of it, and keep the proof in the vault',
  ];
  return {
    fields: {
      verb: 'drill',
      snapshots: manifests.map(({ id }) => id),
      on: place.kind,
      release: to,
      server,
      steps,
      notes,
    },
    title: manifests.length === 1 ? 'Drill' : `Drills of ${formatCountOf(manifests.length, 'snapshot')}`,
    facts: [
      ...manifests
        .slice(0, named)
        .map(
          (each, index) =>
            [
              index === 0 ? 'snapshot' : '',
              `${each.id} of ${each.source.database}, ${formatTime(each.time)}, Letta ${releaseText(each)}, ${formatCountOf(each.totals.rows, 'row')}, ${formatBytes(each.totals.bytes)}`,
            ] as const,
        ),
      ...(manifests.length > named ? ([['', `and ${manifests.length - named} more`]] as const) : []),
      ['on', place.what],
      ...(why === null ? [] : ([['', `because ${why}`]] as const)),
      ...(first === undefined || to === null ? [] : ([['release', to]] as const)),
      ['touches', 'nothing of yours: no other database is opened'],
    ],
    steps,
    notes,
    refusals: [],
  };
}

/** What drills left that were killed, and how that was known. */
export function leftoverTable(leftovers: readonly Leftover[]): TableView {
  return {
    type: 'swept',
    columns: [{ title: 'left by a drill that was killed' }, { title: '' }, { title: 'known by' }],
    rows: leftovers.map((each) => ({
      cells: [each.what, each.removed ? 'removed' : 'left there', each.evidence],
      fields: { ...each },
      ...(!each.removed && { tone: 'warning' as const }),
    })),
    empty: 'No drill left anything behind.',
  };
}

/** What a drill of one snapshot saw, as tables; the summary follows. */
export function showProof(output: Output, proof: Proof): void {
  if (proof.agents.length > 0) output.table(proofAgentTable(proof));
  if (proof.equality && proof.equality.differences.length > 0) output.table(proofDifferenceTable(proof.equality.differences));
  if (proof.losses.length > 0) output.table(proofLossTable(proof.losses));
  if (proof.findings.length > 0) {
    const findings = findingTable(proof.findings);
    // The summary counts notes; a page of them would hide what asks for something.
    output.table({ ...findings, forPeople: (findings.forPeople ?? []).filter(({ tone }) => tone !== undefined), detail: true });
  }
  if (proof.server) showServer(output, proof.server);
}
