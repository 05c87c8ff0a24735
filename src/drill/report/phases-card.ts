import { formatDuration } from '../../report/format.ts';
import type { Proof } from '../proof.ts';
import { type Html, html } from './html.ts';

/** Where the time went: a bar per phase, each beginning where the one before it ended. */
export function phasesCard({ phases, recoveryTime }: Pick<Proof, 'phases' | 'recoveryTime'>): Html | null {
  const total = phases.reduce((sum, { seconds }) => sum + seconds, 0);
  if (total === 0) return null;
  const percent = (seconds: number) => ((100 * seconds) / total).toFixed(2);
  let begun = 0;
  const bars = phases.map(({ name, seconds, recovery }) => {
    const left = begun;
    begun += seconds;
    return html`<span>${name}</span><span class="track"><i${recovery ? null : html` class="extra"`} style="left:${percent(left)}%;width:${percent(seconds)}%"></i></span><span class="number">${formatDuration(seconds)}</span>`;
  });
  return html`<div class="card"><h2>Where the time went</h2><div class="bars">${bars}</div>
<div class="key"><span><i></i>a real recovery takes this too${recoveryTime === null ? null : `: ${formatDuration(recoveryTime)}`}</span><span><i class="extra"></i>for the proof alone</span><span>together ${formatDuration(total)}</span></div></div>`;
}
