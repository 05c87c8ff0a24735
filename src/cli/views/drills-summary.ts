import { recoveryWords, releasesText, wholeAgents } from '../../drill/report/proof-words.ts';
import { isUnfinished } from '../../drill/unfinished.ts';
import { formatCount, formatCountOf, formatDuration, formatTime } from '../../report/format.ts';
import { isDamage } from '../../report/is-damage.ts';
import type { SummaryView, TableView, Tone } from '../../report/output.ts';
import { type Drilled, hasReservations } from '../drill-outcome.ts';
import { drillAgain, lossesOf, proofFields, reservationText } from './drill-facts.ts';

/** How several drills ended. */
export function drillsSummary(drilled: readonly Drilled[], opening: string, tone: Tone): SummaryView {
  const proofs = drilled.flatMap((each) => ('proof' in each ? [each.proof] : []));
  const proven = proofs.filter(({ outcome }) => outcome === 'proven');
  const slowest = Math.max(0, ...proven.map(({ recoveryTime }) => recoveryTime ?? 0));
  const failed = drilled.filter((each) => 'error' in each || each.proof.outcome === 'failed');
  return {
    fields: {
      outcome: failed.length === 0 ? 'proven' : 'failed',
      drills: drilled.length,
      proven: proven.length,
      failed: failed.map(({ ref }) => ref.id),
      equal: drilled.length > 0 && drilled.every((each) => 'proof' in each && each.proof.equality?.equal === true),
      recoveryTime: proven.length === 0 ? null : slowest,
      losses: proofs.flatMap((proof) => lossesOf(proof, 'dropped')),
      setAside: proofs.flatMap((proof) => lossesOf(proof, 'set aside')),
      findings: proofs.flatMap(({ findings, snapshot }) => findings.map((finding) => ({ snapshot: snapshot.id, ...finding }))),
      warnings: proofs.flatMap(({ warnings }) => warnings),
    },
    tone,
    title:
      failed.length === 0
        ? `${formatCountOf(proven.length, 'snapshot')}, all proven.`
        : `${failed.length} of ${formatCountOf(drilled.length, 'snapshot')} NOT proven: ${failed.map(({ ref }) => ref.id).join(', ')}.`,
    facts: proven.length === 0 ? [] : [['recovery time', `${formatDuration(slowest)} at most, ${recoveryWords}`]],
    warnings: proofs.flatMap(({ warnings }) => warnings),
    next: failed.length === 0 ? [`lifeboat status ${opening}`] : failed.slice(0, 3).map((each) => afterFailed(each, opening)),
  };
}

/** What may help with one that was not proven: what lies in the vault is looked at only where the vault may be to blame. */
function afterFailed(drilled: Drilled, opening: string): string {
  const { id } = drilled.ref;
  if ('proof' in drilled) return isUnfinished(drilled.proof) ? drillAgain(id, drilled.proof, opening) : `lifeboat verify ${id} ${opening}`;
  return isDamage(drilled.error.code)
    ? `lifeboat verify ${id} ${opening}`
    : `lifeboat drill ${id} ${opening}   # alone, without --release, when that is mended`;
}

/** One row per snapshot. */
export function drillTable(drilled: readonly Drilled[]): TableView {
  return {
    type: 'drill',
    columns: [
      { title: 'snapshot' },
      { title: 'taken' },
      { title: 'Letta' },
      { title: 'PostgreSQL' },
      { title: 'rows', align: 'right' },
      { title: 'agents', align: 'right' },
      { title: 'recovery', align: 'right' },
      { title: 'result' },
    ],
    rows: drilled.map((each) => {
      if ('error' in each) {
        const { ref, error } = each;
        const cells = [ref.id, formatTime(ref.time), '', '', '', '', '', `not drilled: ${error.message}`];
        return {
          cells,
          fields: { snapshot: ref.id, outcome: 'failed', failure: { code: error.code, message: error.message } },
          tone: 'bad',
        };
      }
      const { proof } = each;
      const proven = proof.outcome === 'proven';
      const reservations = hasReservations(proof);
      return {
        cells: [
          proof.snapshot.id,
          formatTime(proof.snapshot.time),
          releasesText(proof),
          proof.target.postgres,
          formatCount(proof.rows),
          wholeAgents(proof),
          proof.recoveryTime === null ? '' : formatDuration(proof.recoveryTime),
          proven ? (reservations ? `proven; ${reservationText(proof)}` : 'proven') : (proof.failure?.message ?? 'failed'),
        ],
        fields: proofFields(proof),
        ...(proven ? reservations && { tone: 'warning' as const } : { tone: 'bad' as const }),
      };
    }),
    empty: 'There was nothing to drill.',
  };
}
