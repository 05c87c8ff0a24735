import { formatCount, formatDuration, formatTime } from '../../report/format.ts';
import type { Proof } from '../proof.ts';
import { isUnfinished } from '../unfinished.ts';
import { agentsCard } from './agents-card.ts';
import { lossesCard, queriesCard, selfTestCard, serverCard, warningsCard } from './detail-cards.ts';
import { checksCard } from './findings-card.ts';
import { type Html, html } from './html.ts';
import { phasesCard } from './phases-card.ts';
import {
  agentWords,
  findingsInShort,
  isMoved,
  lossesInShort,
  lostRows,
  recoveryWords,
  releasesText,
  targetText,
  titleWord,
  verdictText,
  wholeAgents,
} from './proof-words.ts';

/** One drill, the verdict first. */
export function proofSections(proof: Proof): Html {
  return html`${verdictCard(proof)}
${proof.equality && !proof.equality.equal ? differencesCard(proof.equality) : null}
${phasesCard(proof)}
${agentsCard(proof)}
${checksCard(proof)}
${selfTestCard(proof)}
${lossesCard(proof.losses)}
${queriesCard(proof.queries)}
${proof.server ? serverCard(proof.server) : null}
${warningsCard(proof.warnings)}
${footer(proof)}`;
}

function verdictCard(proof: Proof): Html {
  const proven = proof.outcome === 'proven';
  const severe = proof.findings.filter(({ severity }) => severity !== 'note');
  return html`<div class="card verdict${proven ? '' : ' failed'}">
<h1>${proven ? '✓' : '✗'} ${titleWord(proof)}: ${isUnfinished(proof) ? 'the drill of ' : ''}${proof.source.database} ${proven ? `comes back${isMoved(proof) ? ` at Letta ${proof.target.release ?? proof.target.revision}` : ''}${lostRows(proof, 'dropped') > 0 ? ', with losses' : ''}` : isUnfinished(proof) ? 'says nothing about the snapshot' : 'did not come back as it was'}</h1>
<p>${verdictText(proof)}</p>
<div class="tiles">
${tile(proof.recoveryTime === null ? '–' : formatDuration(proof.recoveryTime), `recovery time: ${recoveryWords}`)}
${tile(formatDuration(Math.max(0, proof.dataAge)), 'data age: what is newer than the snapshot is not in it')}
${tile(wholeAgents(proof), isMoved(proof) ? `agents are ${agentWords(proof)}; losses: ${lossesInShort(proof) || 'none'}` : 'agents whole: every row as in the snapshot')}
${tile(formatCount(severe.length), `findings that ask for something; all: ${findingsInShort(proof.findings)}`)}
</div></div>`;
}

const tile = (figure: string, words: string): Html => html`<div class="tile"><b>${figure}</b><span>${words}</span></div>`;

/** Rows that a drill shows per table. */
const rowsShown = 20;

function differencesCard({ differences }: NonNullable<Proof['equality']>): Html {
  return html`<div class="card long"><h2>What came back different</h2><div class="scroll"><table>
<thead><tr><th>table</th><th>difference</th><th>rows</th></tr></thead>
<tbody>${differences.map(
    ({ table, reason, rows }) => html`<tr><td><code>${table}</code></td><td>${reason}</td>
<td class="any">${rows.slice(0, rowsShown).map((row) => html`<div><code>${row}</code></div>`)}${rows.length > rowsShown ? html`<div class="soft">and ${formatCount(rows.length - rowsShown)} more</div>` : null}</td></tr>`,
  )}</tbody></table></div></div>`;
}

function footer(proof: Proof): Html {
  const { snapshot, source, host, tool } = proof;
  const facts: [string, string | Html][] = [
    ['proof', html`<code>${proof.id}</code>`],
    ['snapshot', html`<code>${snapshot.file}</code>`],
    ['manifest (SHA-256)', html`<code>${snapshot.manifestHash}</code>`],
    ['content id', html`<code>${snapshot.contentId}</code>`],
    ['source', `${source.database}, PostgreSQL ${source.postgres}, system ${source.systemIdentifier || 'unknown'}`],
    ['drilled on', targetText(proof)],
    ['release', `${releasesText(proof)} (revision ${source.revision ?? 'none'} → ${proof.target.revision ?? 'none'})`],
    ['began, ended', `${formatTime(proof.started)} – ${formatTime(proof.time)}`],
    ['by', `Lifeboat ${tool} on ${host.name} (${host.platform}, Node ${host.node})`],
  ];
  return html`<footer class="card"><dl>${facts.map(([label, text]) => html`<dt>${label}</dt><dd>${text}</dd>`)}</dl>
<p style="margin-top:.8rem">This page says what the drill saw. What counts is the record of the same id in the vault: sealed, signed, and bound to that manifest.</p></footer>`;
}
