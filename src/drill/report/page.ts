import { formatCount, formatCountOf, formatDuration, formatTime } from '../../report/format.ts';
import type { Proof } from '../proof.ts';
import { Html, html } from './html.ts';
import { pageStyle } from './page-style.ts';
import { findingsInShort, isMoved, outcomeWord, releasesText, titleWord, wholeAgents } from './proof-words.ts';
import { proofSections } from './sections.ts';

/** Nothing is fetched, nothing runs, nothing is sent: only the style that stands in the page itself. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The one thing on the page that is no text to be escaped. */
const style = Html.of([`<style>${pageStyle}</style>`], []);

/** A snapshot that could not be drilled at all, and why. */
export interface Undrilled {
  snapshot: string;
  message: string;
}

/** The report of one or several drills as an HTML page that stands alone. */
export function drillPage(proofs: readonly Proof[], undrilled: readonly Undrilled[] = []): string {
  const [only] = proofs;
  const alone = proofs.length === 1 && undrilled.length === 0 ? only : undefined;
  const title = alone ? `${titleWord(alone)}: restore of ${alone.source.database}` : titleOf(proofs, undrilled);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
${style}
</head>
<body>
<main>
<div class="brand"><span>Lifeboat · restore drill</span><span>${formatTime(proofs.at(-1)?.time ?? '')}</span></div>
${alone ? null : overview(proofs, undrilled, title)}
${proofs.map((proof) => html`<section id="proof-${proof.id}"${alone ? null : html` class="several"`}>${proofSections(proof)}</section>`)}
</main>
</body>
</html>
`.source;
}

function titleOf(proofs: readonly Proof[], undrilled: readonly Undrilled[]): string {
  const bad = proofs.filter(({ outcome }) => outcome === 'failed').length + undrilled.length;
  return `${formatCountOf(proofs.length + undrilled.length, 'restore drill')}, ${bad === 0 ? 'all proven' : `${formatCount(bad)} not proven`}`;
}

function overview(proofs: readonly Proof[], undrilled: readonly Undrilled[], title: string): Html {
  const worst = undrilled.length > 0 || proofs.some(({ outcome }) => outcome === 'failed') ? ' failed' : '';
  return html`<div class="card verdict${worst}"><h1>${title}</h1></div>
<div class="card scroll"><table>
<thead><tr><th>snapshot</th><th>taken</th><th>release</th><th>agents</th><th class="number">recovery</th><th>findings</th><th>outcome</th></tr></thead>
<tbody>${proofs.map(
    (
      proof,
    ) => html`<tr><td><a href="#proof-${proof.id}"><code>${proof.snapshot.id}</code></a></td><td>${formatTime(proof.snapshot.time)}</td>
<td>${releasesText(proof)}</td><td>${wholeAgents(proof)} ${isMoved(proof) ? 'there' : 'whole'}</td><td class="number">${proof.recoveryTime === null ? '–' : formatDuration(proof.recoveryTime)}</td>
<td>${findingsInShort(proof.findings)}</td><td>${proof.outcome === 'proven' ? html`<span class="yes">proven</span>` : html`<span class="no">${outcomeWord(proof)}</span>`}</td></tr>`,
  )}${undrilled.map(
    ({ snapshot, message }) =>
      html`<tr><td><code>${snapshot}</code></td><td colspan="5">${message}</td><td><span class="no">not drilled</span></td></tr>`,
  )}</tbody></table></div>`;
}
