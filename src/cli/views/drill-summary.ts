import type { Proof } from '../../drill/proof.ts';
import { isMoved, lossesInShort } from '../../drill/report/proof-words.ts';
import { isUnfinished } from '../../drill/unfinished.ts';
import { formatDuration } from '../../report/format.ts';
import type { SummaryView, Tone } from '../../report/output.ts';
import { drillAgain, lossesOf, proofFacts, proofFields, releaseFlag } from './drill-facts.ts';

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
      ? `Snapshot ${snapshot.id} is proven: restored${releaseWords(proof)} on PostgreSQL ${proof.target.postgres}${resultWords(proof)}.`
      : `Snapshot ${snapshot.id} is NOT proven${isUnfinished(proof) ? '; the drill could not be finished' : ''}: ${failure?.message ?? 'it is not known why.'}`,
    facts: proofFacts(proof),
    timings: Object.fromEntries(proof.phases.map(({ name, seconds }) => [name, seconds])),
    warnings: proof.warnings,
    next: proven
      ? [
          `lifeboat status ${opening}`,
          `lifeboat restore ${snapshot.id}${releaseFlag(proof)} ${opening} --to DB   # the real thing: about ${formatDuration(proof.recoveryTime ?? 0)}`,
        ]
      : isUnfinished(proof)
        ? [drillAgain(snapshot.id, proof, opening)]
        : [
            `lifeboat verify ${snapshot.id} ${opening}   # are its bytes as they were written?`,
            `lifeboat drill --sample 3 ${opening}   # can others be restored?`,
          ],
  };
}

/** At another release only what it carries can be right; what it does not is said in the same sentence. */
function resultWords(proof: Proof): string {
  if (!isMoved(proof) && proof.losses.length === 0) return ' and equal, row for row';
  const lost = lossesInShort(proof);
  return `; what this release carries is right, value by value${lost === '' ? '' : `. What it does not: ${lost}`}`;
}

const releaseWords = (proof: Proof): string => (isMoved(proof) ? ` to Letta ${proof.target.release ?? proof.target.revision}` : '');
