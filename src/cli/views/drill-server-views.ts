import type { Proof } from '../../drill/proof.ts';
import { formatCount } from '../../report/format.ts';
import type { Output, TableView } from '../../report/output.ts';

type ServerProof = NonNullable<Proof['server']>;

/** What a drill does with the server, as a step of its plan. */
export const serverStep = (version: string): string =>
  `start Letta ${version} on it, where it reaches nothing else, and compare what it answers; its boot changes rows, which go with the database`;

/** What a real server answered otherwise than the rows say, and what it tried to reach. */
export function showServer(output: Output, { compared, network }: ServerProof): void {
  const unequal = compared.filter(({ equal }) => !equal);
  if (unequal.length > 0) output.table(answerTable(unequal));
  if (network) output.table(attemptTable(network));
}

function answerTable(unequal: ServerProof['compared']): TableView {
  return {
    type: 'server-answer',
    columns: [{ title: 'the server shows' }, { title: 'expected', align: 'right' }, { title: 'found', align: 'right' }],
    rows: unequal.map((each) => ({
      cells: [each.what, formatCount(each.expected), formatCount(each.found)],
      fields: { ...each },
      tone: 'bad',
    })),
    empty: '',
  };
}

function attemptTable({ attempts, how }: NonNullable<ServerProof['network']>): TableView {
  return {
    type: 'network-attempt',
    columns: [{ title: 'the server tried to reach' }, { title: 'times', align: 'right' }, { title: '' }],
    rows: attempts.map(({ to, count }) => ({ cells: [to, formatCount(count), 'stopped'], fields: { to, count, how } })),
    empty: 'The server tried to reach nothing outside.',
  };
}
