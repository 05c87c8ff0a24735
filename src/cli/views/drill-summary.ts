import type { Proof } from '../../drill/proof.ts';
import { formatBytes, formatCount, formatCountOf, formatDuration, formatTime } from '../../report/format.ts';
import type { Fact, Fields, SummaryView, TableView, Tone } from '../../report/output.ts';
import { type Drilled, hasReservations } from '../drill-outcome.ts';

const places: Record<Proof['target']['kind'], string> = {
  embedded: 'embedded (PGlite)',
  local: 'a server of its own',
  server: 'a new database of the server',
};

/** How one drill ended: what is proven first, then how long a recovery takes and how much it would lose. */
export function drillSummary(proof: Proof, opening: string, tone: Tone): SummaryView {
  const { snapshot, failure } = proof;
  const proven = proof.outcome === 'proven';
  return {
    fields: {
      ...proofFields(proof),
      findings: proof.findings,
      losses: lossesOf(proof, 'dropped'),
      setAside: lossesOf(proof, 'set aside'),
      warnings: proof.warnings,
    },
    tone,
    title: proven
      ? `Snapshot ${snapshot.id} is proven: restored${releaseWords(proof)} on PostgreSQL ${proof.target.postgres} and ${isMoved(proof) || proof.losses.length > 0 ? 'proven, value by value' : 'equal, row for row'}.`
      : `Snapshot ${snapshot.id} is NOT proven: ${failure?.message ?? 'it is not known why.'}`,
    facts: factsOf(proof),
    timings: Object.fromEntries(proof.phases.map(({ name, seconds }) => [name, seconds])),
    warnings: proof.warnings,
    next: proven
      ? [
          `lifeboat status ${opening}`,
          `lifeboat restore ${snapshot.id} ${opening} --to DB   # the real thing: about ${formatDuration(proof.recoveryTime ?? 0)}`,
        ]
      : [
          `lifeboat verify ${snapshot.id} ${opening}   # are its bytes as they were written?`,
          `lifeboat drill --sample 3 ${opening}   # can others be restored?`,
        ],
  };
}

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
    facts: proven.length === 0 ? [] : [['recovery time', `${formatDuration(slowest)} at most`]],
    warnings: proofs.flatMap(({ warnings }) => warnings),
    next:
      failed.length === 0 ? [`lifeboat status ${opening}`] : failed.slice(0, 3).map(({ ref }) => `lifeboat verify ${ref.id} ${opening}`),
  };
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
          isMoved(proof)
            ? `${proof.source.release ?? proof.source.revision} → ${proof.target.release ?? proof.target.revision}`
            : (proof.source.release ?? proof.source.revision ?? 'unknown'),
          proof.target.postgres,
          formatCount(proof.rows),
          `${proof.agents.filter(({ equal }) => equal).length} of ${proof.agents.length}`,
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

/** What a program wants to know of one drill; everything else is in the proof. */
function proofFields(proof: Proof): Fields {
  const { id, snapshot, source, target, outcome, failure, phases, recoveryTime, dataAge, rows, bytes, selfTest, queries, server } = proof;
  return {
    snapshot: snapshot.id,
    proof: id,
    outcome,
    failure,
    equal: proof.equality?.equal ?? false,
    source,
    target,
    phases,
    recoveryTime,
    dataAge,
    rows,
    bytes,
    agents: proof.agents.length,
    agentsEqual: proof.agents.filter(({ equal }) => equal).length,
    selfTest,
    queries,
    server,
  };
}

function factsOf(proof: Proof): Fact[] {
  const { selfTest, server, queries } = proof;
  const slow = queries.toSorted((a, b) => b.milliseconds - a.milliseconds)[0];
  return [
    ...(proof.recoveryTime === null
      ? []
      : ([['recovery time', `${formatDuration(proof.recoveryTime)}, from the command to a database that is proven`]] as const)),
    ['data age', `${formatDuration(Math.max(0, proof.dataAge))}: what was written after ${formatTime(proof.snapshot.time)} would be lost`],
    [
      'on',
      `PostgreSQL ${proof.target.postgres}${proof.target.pgvector === null ? '' : ` with pgvector ${proof.target.pgvector}`}, ${places[proof.target.kind]}`,
    ],
    ...(proof.equality
      ? ([
          [
            'compared',
            `${formatCountOf(proof.equality.tables, 'table')}, ${formatCountOf(proof.rows, 'row')}, ${formatBytes(proof.bytes)}`,
          ],
        ] as const)
      : []),
    ...(proof.agents.length > 0
      ? ([['agents', `${proof.agents.filter(({ equal }) => equal).length} of ${proof.agents.length} are as in the snapshot`]] as const)
      : []),
    ...(proof.losses.length > 0
      ? ([['losses', reservationText({ ...proof, findings: [], warnings: [] }) || 'none: values were only computed anew']] as const)
      : []),
    ...(proof.checks.length > 0 ? ([['checks', `${formatCountOf(proof.checks.length, 'check')}: ${findingText(proof)}`]] as const) : []),
    ...(slow
      ? ([
          [
            'queries',
            `${formatCountOf(queries.length, 'query', 'queries')} as a server asks them; the slowest took ${Math.round(slow.milliseconds)} ms (${slow.name})`,
          ],
        ] as const)
      : []),
    ...(selfTest ? ([['self-test', selfTestText(selfTest)]] as const) : []),
    ...(server
      ? ([
          [
            'server',
            `Letta ${server.version} answered after ${formatDuration(server.secondsToFirstAnswer)}; ${server.compared.filter(({ equal }) => equal).length} of ${server.compared.length} answers are as expected`,
          ],
        ] as const)
      : []),
    ['proof', proof.id],
  ];
}

function selfTestText({ planted, passed, undone, named }: NonNullable<Proof['selfTest']>): string {
  if (planted.length === 0) return 'no value could be changed';
  const where = planted.map(({ table, column }) => `${table}.${column}`).join(', ');
  const changed = `${formatCountOf(planted.length, 'value')} changed on purpose (${where})`;
  if (!passed) return `${changed}: the comparison named ${named.join(', ') || 'nothing'}`;
  const few = planted.length < 3 ? '; no more tables have rows to change' : '';
  return `${changed}: found in exactly ${planted.length === 1 ? 'this table' : 'these tables'}${undone ? ', and put back' : ', but not put back'}${few}`;
}

function reservationText({ findings, losses, warnings }: Proof): string {
  const of = (kind: string) => losses.filter((loss) => loss.class === kind).reduce((sum, { rows }) => sum + rows, 0);
  return [
    [of('dropped'), 'value dropped', 'values dropped'],
    [of('set aside'), 'value set aside', 'values set aside'],
    [findings.filter(({ severity }) => severity === 'error').length, 'error found', 'errors found'],
    [findings.filter(({ severity }) => severity === 'warning').length, 'warning found', 'warnings found'],
    [warnings.filter(({ partial }) => partial).length, 'remark', 'remarks'],
  ]
    .filter(([count]) => count !== 0)
    .map(([count, one, more]) => formatCountOf(Number(count), String(one), String(more)))
    .join(', ');
}

function findingText({ findings }: Proof): string {
  if (findings.length === 0) return 'nothing found';
  const count = (severity: string) => findings.filter((finding) => finding.severity === severity).length;
  return (['error', 'warning', 'note'] as const)
    .filter((severity) => count(severity) > 0)
    .map((severity) => formatCountOf(count(severity), severity))
    .join(', ');
}

const lossesOf = ({ losses }: Proof, kind: string): Proof['losses'] => losses.filter((loss) => loss.class === kind);

/** Whether it was restored to another release. */
const isMoved = ({ source, target }: Proof): boolean => source.revision !== target.revision;

const releaseWords = (proof: Proof): string => (isMoved(proof) ? ` to Letta ${proof.target.release ?? proof.target.revision}` : '');
