import { formatCount, formatCountOf, formatDuration } from '../../report/format.ts';
import type { Proof, ProofFinding } from '../proof.ts';
import { type Html, html, lines } from './html.ts';
import { isMoved, severities } from './proof-words.ts';

const titles: Record<ProofFinding['severity'], string> = {
  error: 'Errors: a server fails on it, or shows something else',
  warning: 'Warnings: something is lost or will go wrong',
  note: 'Notes: worth knowing',
};

/** What the checks found, the worst first, each with why it matters and what mends it; then which checks were made. */
export function checksCard(proof: Proof): Html | null {
  const { findings, checks, equality } = proof;
  if (findings.length === 0 && checks.length === 0) return null;
  const clean = checks.filter((check) => check.findings === 0).length;
  const sameRelease = !isMoved(proof);
  const origin = equality?.equal
    ? `All rows${sameRelease ? '' : ' that are carried'} are as in the snapshot: what is found here is in the source${sameRelease ? '' : ', or comes with the other release'}.`
    : '';
  const groups = severities.flatMap((severity) => {
    const own = findings.filter((finding) => finding.severity === severity);
    return own.length === 0 ? [] : [html`<h3 class="group">${titles[severity]}</h3>${own.map(findingPart)}`];
  });
  return html`<div class="card long"><h2>Findings in the data</h2>
<p class="soft">${formatCountOf(checks.length, 'check')} made, ${formatCount(clean)} of them found nothing. ${origin}</p>
${groups}
${
  checks.length > 0
    ? html`<details><summary>All checks</summary><table><thead><tr><th>check</th><th class="number">findings</th><th class="number">took</th></tr></thead>
<tbody>${checks.map(({ code, seconds, findings: found }) => html`<tr><td><code>${code}</code></td><td class="number">${formatCount(found)}</td><td class="number">${formatDuration(seconds)}</td></tr>`)}</tbody></table></details>`
    : null
}</div>`;
}

function findingPart({ code, severity, where, message, ids, count, why, repair }: ProofFinding): Html {
  const more = count - ids.length;
  return html`<div class="finding"><p><span class="chip ${severity}">${code}</span> <code class="soft">${where}</code></p>
<p>${message}</p><p class="soft">${why}</p>
${ids.length > 0 ? html`<p class="ids">${ids.map((id, index) => html`${index > 0 ? ', ' : null}<code>${id}</code>`)}${more > 0 ? ` and ${formatCount(more)} more` : null}</p>` : null}
${repair === null ? null : isCommand(repair) ? html`<pre>${lines(repair)}</pre>` : html`<p class="mend">${repair}</p>`}</div>`;
}

/** SQL and commands are to be copied; advice is to be read. */
const isCommand = (repair: string): boolean =>
  repair.includes('\n') || /^(?:update|insert|delete from|alter|drop|select|lifeboat) [^.…]*;?$/i.test(repair);
