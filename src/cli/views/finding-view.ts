import { formatCount, formatCountOf } from '../../report/format.ts';
import type { TableRow, TableView, Tone } from '../../report/output.ts';
import type { Finding } from '../../verify/finding.ts';

const tones: Partial<Record<Finding['severity'], Tone>> = { error: 'bad', warning: 'warning' };
const severities: readonly Finding['severity'][] = ['error', 'warning', 'note'];
/** Ids that people are shown; JSON has all that were kept. */
const idsForPeople = 5;

/** As checks give it, or as a proof keeps it: without the changes that would mend it. */
export type ShownFinding = Omit<Finding, 'changes'> & Partial<Pick<Finding, 'changes'>>;

/**
 * The worst first: what, where, which rows, what a server makes of it, what mends it. Programs get every finding; people see
 * those that differ only in where they are as one.
 */
export function findingTable(findings: readonly ShownFinding[]): TableView {
  const ordered = findings.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  const alike = Map.groupBy(ordered, ({ severity, code, why, repair }) => JSON.stringify([severity, code, why, repair]));
  return {
    type: 'finding',
    columns: [{ title: 'severity' }, { title: 'finding' }, { title: 'where' }],
    rows: ordered.map((finding) => ({ ...rowOf([finding]), fields: forPrograms(finding) })),
    forPeople: [...alike.values()].map(rowOf),
    empty: 'No findings.',
  };
}

/** Findings of one kind with the same reason: that is said once. */
function rowOf(alike: readonly ShownFinding[]): TableRow {
  const [first] = alike;
  if (first === undefined) return { cells: [] };
  const tone = tones[first.severity];
  return {
    cells: [first.severity, first.code, alike.map(({ where }) => where).join(', ')],
    below: [
      ...alike.flatMap((finding) => [saysOf(finding, alike), ...idLine(finding)]),
      first.why,
      ...(first.repair === null ? [] : [`Repair: ${first.repair}`]),
    ],
    ...(tone && { tone }),
  };
}

/** Among others of its kind, with the place that it is about. */
const saysOf = ({ where, message }: ShownFinding, alike: readonly ShownFinding[]) =>
  alike.some((other) => other.message !== message) ? `${where}: ${message}` : message;

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
