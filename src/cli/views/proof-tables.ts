import type { Proof } from '../../drill/proof.ts';
import { isMoved } from '../../drill/report/proof-words.ts';
import { formatCount } from '../../report/format.ts';
import type { TableView, Tone } from '../../report/output.ts';

const lossTones: Readonly<Record<string, Tone>> = { dropped: 'bad', 'set aside': 'warning', unchecked: 'warning' };

export function proofAgentTable(proof: Pick<Proof, 'agents' | 'snapshot' | 'source' | 'target'>): TableView {
  const { agents, snapshot } = proof;
  const [equal, different] = isMoved(proof) ? ['there', 'NOT as it was'] : ['as in the snapshot', 'NOT as in the snapshot'];
  return {
    type: 'agent-drilled',
    columns: [
      { title: 'agent' },
      { title: 'id', whole: true },
      { title: 'messages', align: 'right' },
      { title: 'in context', align: 'right' },
      { title: 'blocks', align: 'right' },
      { title: 'passages', align: 'right' },
      { title: 'tools', align: 'right' },
      { title: 'state' },
    ],
    rows: agents.map((agent) => ({
      cells: [
        agent.name || '(no name)',
        agent.id,
        ...[agent.messages, agent.inContext, agent.blocks, agent.passages, agent.tools].map(formatCount),
        agent.equal ? equal : different,
      ],
      fields: { snapshot: snapshot.id, ...agent },
      ...(!agent.equal && { tone: 'bad' as const }),
    })),
    empty: 'The snapshot holds no agents.',
    detail: true,
  };
}

export function proofLossTable(losses: Proof['losses']): TableView {
  return {
    type: 'loss',
    columns: [{ title: 'what' }, { title: 'where' }, { title: 'rows', align: 'right' }, { title: 'why' }],
    rows: losses.map((loss) => {
      const tone = lossTones[loss.class];
      return {
        cells: [loss.class, loss.column === null ? loss.table : `${loss.table}.${loss.column}`, formatCount(loss.rows), loss.reason],
        fields: { ...loss },
        ...(tone && { tone }),
      };
    }),
    empty: 'Nothing is lost.',
    detail: true,
  };
}

export function proofDifferenceTable(differences: NonNullable<Proof['equality']>['differences']): TableView {
  return {
    type: 'difference',
    columns: [{ title: 'table' }, { title: 'difference' }],
    rows: differences.map(({ table, reason, rows }) => ({
      cells: [table, rows.length === 0 ? reason : rows.join('; ')],
      fields: { table, reason, examples: rows },
      tone: 'bad',
    })),
    empty: 'No differences.',
    detail: true,
  };
}
