import { formatCount, formatCountOf } from '../../report/format.ts';
import type { TableView, Tone } from '../../report/output.ts';
import type { Finding } from '../../verify/finding.ts';

const tones: Partial<Record<Finding['severity'], Tone>> = { error: 'bad', warning: 'warning' };
const severities: readonly Finding['severity'][] = ['error', 'warning', 'note'];
/** Ids that people are shown; JSON has all that were kept. */
const idsForPeople = 5;

/** As checks give it, or as a proof keeps it: without the changes that would mend it. */
export type ShownFinding = Omit<Finding, 'changes'> & Partial<Pick<Finding, 'changes'>>;

/** One finding each, the worst first: what, where, which rows, what a server makes of it, what mends it. */
export function findingTable(findings: readonly ShownFinding[]): TableView {
  return {
    type: 'finding',
    columns: [{ title: 'severity' }, { title: 'finding' }, { title: 'where' }],
    rows: findings
      .toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity))
      .map((finding) => {
        const tone = tones[finding.severity];
        return {
          cells: [finding.severity, finding.code, finding.where],
          below: [finding.message, ...idLine(finding), finding.why, ...(finding.repair === null ? [] : [`Repair: ${finding.repair}`])],
          fields: forPrograms(finding),
          ...(tone && { tone }),
        };
      }),
    empty: 'No findings.',
  };
}

/** What `--repair` would change is a plan of its own: here only how many changes that are. */
export const forPrograms = ({ changes, ...finding }: ShownFinding) => ({ ...finding, ...(changes && { changes: changes.length }) });

/** `2 errors, 1 note`; `none`. */
export function findingCounts(findings: readonly Pick<Finding, 'severity'>[]): string {
  const counts = severities.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [formatCountOf(count, severity)];
  });
  return counts.join(', ') || 'none';
}

/** Only those that the sentence does not name itself. */
function idLine({ ids, count, message }: ShownFinding): string[] {
  if (ids.length === 0 || ids.slice(0, idsForPeople).every((id) => message.includes(id))) return [];
  const more = count - Math.min(ids.length, idsForPeople);
  return [`Rows: ${ids.slice(0, idsForPeople).join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`];
}
