import { formatBytes, formatCount, formatCountOf, formatTime } from '../../report/format.ts';
import type { Proof, ProofFinding } from '../proof.ts';
import { isUnfinished } from '../unfinished.ts';

/** What reports and `status` say of a proof, in the same words everywhere. */

/** `0.16.2 → 0.16.8`, or `0.16.2` alone; an unknown one by its revision. */
export function releasesText({ source, target }: Pick<Proof, 'source' | 'target'>): string {
  const [from, to] = [releaseOf(source), releaseOf(target)];
  return from === to ? from : `${from} → ${to}`;
}

function releaseOf({ release, revision }: { release: string | null; revision: string | null }): string {
  return release ?? (revision === null ? 'no revision' : `revision ${revision}`);
}

const kinds: Record<Proof['target']['kind'], string> = {
  embedded: 'embedded (PGlite)',
  local: 'a throwaway server on this host',
  server: 'a staging server',
};

/** `PostgreSQL 15.18, a staging server, pgvector 0.8.0`. */
export function targetText({ target: { kind, postgres, pgvector } }: Pick<Proof, 'target'>): string {
  return [`PostgreSQL ${postgres}`, kinds[kind], ...(pgvector === null ? [] : [`pgvector ${pgvector}`])].join(', ');
}

/** What was shown, or what stands in the way: one or two sentences. */
export function verdictText(proof: Proof): string {
  const { source, snapshot, failure, equality, losses, rows, bytes } = proof;
  const what = `snapshot ${snapshot.id} of ${source.database}, taken ${formatTime(snapshot.time)},`;
  if (failure !== null && isUnfinished(proof))
    return `The drill of ${what} could not be finished, which says nothing against the snapshot and proves nothing either. ${failure.message}`;
  if (failure !== null) return `The restore of ${what} is not proven. ${failure.message}`;
  const compared = equality ? `${formatCountOf(equality.tables, 'table')}, ` : '';
  return `The ${what} was restored on PostgreSQL ${proof.target.postgres} at Letta ${releasesText(proof)} and read back: ${compared}${formatCountOf(rows, 'row')}, ${formatBytes(bytes)}. ${losses.length === 0 ? 'All is as it was.' : `All that this release carries is as it was; ${lossesInShort(proof) === '' ? 'values that were computed anew or not tried are' : `what is not (${lossesInShort(proof)}) is`} named below.`}`;
}

/** Whether it was restored to another release: then agents are there, and only what is carried is as in the snapshot. */
export const isMoved = ({ source, target }: Pick<Proof, 'source' | 'target'>): boolean => source.revision !== target.revision;

/** What `equal` says of an agent: at another release Lifeboat asks less of it (src/upgrade/compare-agents.ts). */
export const agentWords = (proof: Pick<Proof, 'source' | 'target'>): string =>
  isMoved(proof) ? 'there, with id, name and all messages' : 'as in the snapshot';

/** Rows and values that are not in the restored database where they were: of those only the snapshot knows, or set aside. */
export const lostRows = ({ losses }: Pick<Proof, 'losses'>, kind: 'dropped' | 'set aside'): number =>
  losses.filter((loss) => loss.class === kind).reduce((sum, { rows }) => sum + rows, 0);

/** `2 dropped, 15 set aside`; empty: nothing was lost. */
export function lossesInShort(proof: Pick<Proof, 'losses'>): string {
  return (['dropped', 'set aside'] as const)
    .flatMap((kind) => (lostRows(proof, kind) > 0 ? [`${formatCount(lostRows(proof, kind))} ${kind}`] : []))
    .join(', ');
}

/** What `status` and `list` add to a proof that came with losses: `with losses: 2 dropped, 15 set aside`. */
export function lossWords(proof: Pick<Proof, 'losses'>): string {
  const lost = lossesInShort(proof);
  return lost === '' ? '' : `with ${lostRows(proof, 'dropped') > 0 ? 'losses: ' : ''}${lost}`;
}

/** What the recovery time is, in the same words everywhere. */
export const recoveryWords = 'from the snapshot to a database that was read back; starting PostgreSQL not counted';

/** How one drill ended, in a word or two. */
export function outcomeWord(proof: Pick<Proof, 'outcome' | 'failure'>): string {
  if (proof.outcome === 'proven') return 'proven';
  return isUnfinished(proof) ? 'not finished' : 'failed';
}

/** The same, to end a sentence that begins with the drill. */
export const endWords = (proof: Pick<Proof, 'failure'>): string => (isUnfinished(proof) ? 'could not be finished' : 'failed');

/** How one drill ended, to begin a title with. */
export const titleWord = (proof: Pick<Proof, 'outcome' | 'failure'>): string =>
  outcomeWord(proof).replace(/^./, (first) => first.toUpperCase());

/** `18 of 18`. */
export function wholeAgents({ agents }: Pick<Proof, 'agents'>): string {
  return `${formatCount(agents.filter(({ equal }) => equal).length)} of ${formatCount(agents.length)}`;
}

export const severities = ['error', 'warning', 'note'] as const;

/** `2 errors · 1 warning`, or `none`. */
export function findingsInShort(findings: readonly ProofFinding[]): string {
  const parts = severities.flatMap((severity) => {
    const own = findings.filter((finding) => finding.severity === severity).length;
    return own === 0 ? [] : [formatCountOf(own, severity)];
  });
  return parts.length === 0 ? 'none' : parts.join(' · ');
}

/** What became of the check that can fail. */
export function selfTestText({ selfTest }: Pick<Proof, 'selfTest'>): string {
  if (selfTest === null) return 'The drill did not come so far.';
  const { planted, named, passed, undone } = selfTest;
  const made = `${formatCountOf(planted.length, 'value')} changed on purpose; the comparison named ${named.length === 0 ? 'nothing' : named.join(', ')}.`;
  const back = undone ? 'Afterwards the values were put back, and all was equal again.' : 'The values were not put back.';
  return `${made} ${passed ? 'Exactly these were changed: the comparison can fail.' : 'That is not what was changed: the comparison cannot be relied on.'} ${back}`;
}
