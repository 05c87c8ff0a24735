import { formatCount, formatCountOf, formatDuration } from '../../report/format.ts';
import type { Proof } from '../proof.ts';
import { type Html, html } from './html.ts';
import { selfTestText } from './proof-words.ts';

/** The check that can fail. */
export function selfTestCard(proof: Pick<Proof, 'selfTest'>): Html {
  const { selfTest } = proof;
  return html`<div class="card"><h2>Can the proof fail? ${selfTest?.passed ? html`<span class="chip good">it can</span>` : html`<span class="chip warning">not shown</span>`}</h2>
<p>${selfTestText(proof)}</p>${
    selfTest && selfTest.planted.length > 0
      ? html`<div class="scroll"><table><thead><tr><th>changed on purpose</th><th>row</th><th>named</th></tr></thead>
<tbody>${selfTest.planted.map(
          ({ table, column, row }) =>
            html`<tr><td><code>${table}.${column}</code></td><td class="any"><code>${row}</code></td><td>${selfTest.named.includes(table) ? html`<span class="yes">✓ yes</span>` : html`<span class="no">✗ no</span>`}</td></tr>`,
        )}</tbody></table></div>`
      : null
  }</div>`;
}

/** What the release that was drilled does not simply carry. */
export function lossesCard(losses: Proof['losses']): Html | null {
  if (losses.length === 0) return null;
  return html`<div class="card long"><h2>What the other release does not simply carry</h2><div class="scroll"><table>
<thead><tr><th>what</th><th>where</th><th class="number">rows</th><th>why</th></tr></thead>
<tbody>${losses.map(
    (loss) =>
      html`<tr><td>${loss.class}</td><td><code>${loss.table}${loss.column === null ? null : `.${loss.column}`}</code></td><td class="number">${formatCount(loss.rows)}</td><td>${loss.reason}</td></tr>`,
  )}</tbody></table></div></div>`;
}

export function queriesCard(queries: Proof['queries']): Html | null {
  if (queries.length === 0) return null;
  return html`<div class="card"><h2>What a server would ask</h2><div class="scroll"><table>
<thead><tr><th>query</th><th class="number">rows</th><th class="number">took</th></tr></thead>
<tbody>${queries.map(
    ({ what, milliseconds, rows }) =>
      html`<tr><td>${what}</td><td class="number">${formatCount(rows)}</td><td class="number">${milliseconds.toFixed(1)} ms</td></tr>`,
  )}</tbody></table></div></div>`;
}

/** A real Letta server on the drilled database. */
export function serverCard({ version, secondsToFirstAnswer, compared, network }: NonNullable<Proof['server']>): Html {
  return html`<div class="card"><h2>A real Letta server ${version} on it</h2>
<p>It gave its first answer after ${formatDuration(secondsToFirstAnswer)}.</p>
<div class="scroll"><table><thead><tr><th>asked</th><th class="number">expected</th><th class="number">answered</th><th></th></tr></thead>
<tbody>${compared.map(
    ({ what, expected, found, equal }) =>
      html`<tr><td>${what}</td><td class="number">${formatCount(expected)}</td><td class="number">${formatCount(found)}</td><td>${equal ? html`<span class="yes">✓ equal</span>` : html`<span class="no">✗ differs</span>`}</td></tr>`,
  )}</tbody></table></div>${network ? networkText(network) : null}</div>`;
}

function networkText({ how, attempts, controlCaught }: NonNullable<NonNullable<Proof['server']>['network']>): Html {
  const tried = attempts.reduce((sum, { count }) => sum + count, 0);
  return html`<p style="margin-top:.8rem">It ran in ${how}. ${tried === 0 ? 'It tried to reach nothing outside.' : `It tried ${formatCountOf(tried, 'time')} to reach something outside, and was denied:`}
${attempts.map(({ to, count }) => html` <code>${to}</code> (${formatCount(count)})`)}
${controlCaught ? 'An attempt made on purpose was caught, so this would have been seen.' : 'An attempt made on purpose was not caught: this shows nothing.'}</p>`;
}

export function warningsCard(warnings: Proof['warnings']): Html | null {
  if (warnings.length === 0) return null;
  return html`<div class="card long"><h2>What the restore and the drill warned of</h2>
${warnings.map(({ code, message }) => html`<p><span class="chip warning">${code}</span> ${message}</p>`)}</div>`;
}
