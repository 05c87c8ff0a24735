import type { Proof } from '../../drill/proof.ts';
import {
  agentWords,
  findingsInShort,
  isMoved,
  lossesInShort,
  lostRows,
  recoveryWords,
  wholeAgents,
} from '../../drill/report/proof-words.ts';
import { formatBytes, formatCountOf, formatDuration, formatTime } from '../../report/format.ts';
import type { Fact, Fields } from '../../report/output.ts';

const places: Record<Proof['target']['kind'], string> = {
  embedded: 'embedded (PGlite)',
  local: 'a server of its own',
  server: 'a new database of the server',
};

/** What a program wants to know of one drill; everything else is in the proof. */
export function proofFields(proof: Proof): Fields {
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

/** ` --release 0.16.8` where the snapshot was restored to another release: what a command needs to do the same. */
export const releaseFlag = (proof: Pick<Proof, 'source' | 'target'>): string =>
  isMoved(proof) ? ` --release ${proof.target.release ?? proof.target.revision}` : '';

/** What follows a drill that could not be finished: the same once more. */
export const drillAgain = (snapshot: string, proof: Proof, opening: string): string =>
  `lifeboat drill ${snapshot}${releaseFlag(proof)} ${opening}   # again, when that is mended`;

/** What a person wants to know of one drill: the two figures of every recovery first. */
export function proofFacts(proof: Proof): Fact[] {
  const { selfTest, server, queries } = proof;
  const slow = queries.toSorted((a, b) => b.milliseconds - a.milliseconds)[0];
  return [
    ...(proof.recoveryTime === null ? [] : ([['recovery time', `${formatDuration(proof.recoveryTime)}, ${recoveryWords}`]] as const)),
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
      ? ([['agents', `${wholeAgents(proof)} are ${agentWords(proof)}${lossesInShort(proof) === '' ? '' : '; see losses'}`]] as const)
      : []),
    ...(proof.losses.length > 0 ? ([['losses', lossesInShort(proof) || 'none: values were only computed anew']] as const) : []),
    ...(proof.checks.length > 0
      ? ([['checks', `${formatCountOf(proof.checks.length, 'check')}: ${findingsInShort(proof.findings)}`]] as const)
      : []),
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

/** What a proven restore comes with, counted. */
export function reservationText(proof: Proof): string {
  const { findings, warnings } = proof;
  return [
    [lostRows(proof, 'dropped'), 'value dropped', 'values dropped'],
    [lostRows(proof, 'set aside'), 'value set aside', 'values set aside'],
    [findings.filter(({ severity }) => severity === 'error').length, 'error found', 'errors found'],
    [findings.filter(({ severity }) => severity === 'warning').length, 'warning found', 'warnings found'],
    [warnings.filter(({ partial }) => partial).length, 'remark', 'remarks'],
  ]
    .filter(([count]) => count !== 0)
    .map(([count, one, more]) => formatCountOf(Number(count), String(one), String(more)))
    .join(', ');
}

export const lossesOf = ({ losses }: Proof, kind: string): Proof['losses'] => losses.filter((loss) => loss.class === kind);
