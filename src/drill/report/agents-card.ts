import { formatCount, formatCountOf } from '../../report/format.ts';
import type { Proof, ProofAgent } from '../proof.ts';
import { type Html, html } from './html.ts';
import { agentWords, isMoved } from './proof-words.ts';

/** Agents that are shown without opening the rest. */
const shown = 100;

/** Agent by agent: what each has in the drilled database. Those that are not whole come first. */
export function agentsCard(proof: Pick<Proof, 'agents' | 'source' | 'target'>): Html | null {
  const { agents } = proof;
  const moved = isMoved(proof);
  const state = moved ? 'there' : 'whole';
  if (agents.length === 0) return null;
  const ordered = agents.toSorted((a, b) => Number(a.equal) - Number(b.equal));
  const rest = ordered.slice(shown);
  return html`<div class="card long"><h2>${formatCountOf(agents.length, 'agent')}, one by one</h2><p class="soft">✓ ${moved ? '' : 'whole: '}${agentWords(proof)}</p>${table(ordered.slice(0, shown), state)}
${rest.length > 0 ? html`<details class="whole"><summary>${formatCount(rest.length)} more</summary>${table(rest, state)}</details>` : null}</div>`;
}

function table(agents: readonly ProofAgent[], state: string): Html {
  const numbers = (agent: ProofAgent) => [agent.messages, agent.inContext, agent.blocks, agent.passages, agent.tools];
  return html`<div class="scroll"><table>
<thead><tr><th>agent</th><th>${state}</th>${['messages', 'in context', 'blocks', 'passages', 'tools'].map((title) => html`<th class="number">${title}</th>`)}</tr></thead>
<tbody>${agents.map(
    (agent) => html`<tr><td class="agent"><bdi>${agent.name || '(no name)'}</bdi><span class="id">${agent.id}</span></td>
<td>${agent.equal ? html`<span class="yes">✓ yes</span>` : html`<span class="no">✗ no</span>`}</td>
${numbers(agent).map((count) => html`<td class="number">${formatCount(count)}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}
