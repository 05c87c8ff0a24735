import { formatCount, formatCountOf } from '../../report/format.ts';
import type { TableView, Tone } from '../../report/output.ts';
import type { AgentComparison } from '../../upgrade/compare-agents.ts';
import type { Loss } from '../../upgrade/loss.ts';
import type { WrongValue } from '../../upgrade/run-checks.ts';

const tones: Partial<Record<Loss['class'], Tone>> = { dropped: 'bad', 'set aside': 'warning', unchecked: 'warning' };
const order: Loss['class'][] = ['dropped', 'set aside', 'unchecked', 'derived'];

/** The loss report: dropped first, then set aside, then unchecked, then derived. Before anything is built, an empty one promises nothing. */
export function lossTable(losses: readonly Loss[], { built }: { built: boolean }): TableView {
  return {
    type: 'loss',
    columns: [
      { title: 'what' },
      { title: 'where' },
      { title: 'rows', align: 'right' },
      { title: 'agents', align: 'right' },
      { title: 'why' },
    ],
    rows: sorted(losses).map((loss) => {
      const tone = tones[loss.class];
      return {
        cells: [
          loss.class,
          placeOf(loss),
          formatCount(loss.rows),
          loss.agents.length === 0 ? '' : formatCount(loss.agents.length),
          loss.reason,
        ],
        fields: { ...loss },
        ...(tone && { tone }),
      };
    }),
    empty: built ? 'Nothing is lost.' : 'Nothing is lost, as far as the snapshot alone can tell.',
  };
}

export function wrongTable(wrong: readonly WrongValue[]): TableView {
  return {
    type: 'finding',
    columns: [{ title: 'table' }, { title: 'row' }, { title: 'wrong' }],
    rows: wrong.map((each) => ({
      cells: [each.table, each.row, each.what],
      fields: { code: 'wrong-value', severity: 'error', where: `${each.table}: ${each.row}`, message: each.what, revision: each.by },
      tone: 'bad',
    })),
    empty: 'Every computed value is right.',
  };
}

/** `dropped 2 columns …` in one line; `nothing` when the report is empty. */
export function lossesInShort(losses: readonly Loss[]): string {
  const parts = order.flatMap((kind) => {
    const own = losses.filter((loss) => loss.class === kind);
    const rows = own.reduce((sum, { rows }) => sum + rows, 0);
    return own.length === 0 ? [] : [`${kind}: ${formatCountOf(rows, 'value')} in ${formatCountOf(own.length, 'place')}`];
  });
  return parts.length === 0 ? 'nothing' : parts.join(' · ');
}

/** What a plan can say of losses, and what it cannot. */
const notYet =
  'Nothing that the snapshot alone shows. Secrets, tools, MCP servers, values that the other server refuses, and what the steps on the way find are looked at in the built rows only: the report at the end has them.';

/** The loss report as a Markdown document. */
export function lossMarkdown(
  title: string,
  facts: readonly (readonly [string, string])[],
  losses: readonly Loss[],
  { built }: { built: boolean },
): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const rows = sorted(losses).map(
    (loss) => `| ${loss.class} | \`${cell(placeOf(loss))}\` | ${formatCount(loss.rows)} | ${cell(loss.reason)} |`,
  );
  const details = sorted(losses).flatMap((loss) => [
    `### ${loss.class}: ${placeOf(loss)}`,
    '',
    loss.reason,
    '',
    ...(loss.examples.length > 0 ? [`* rows such as: ${loss.examples.map((each) => `\`${each}\``).join(', ')}`] : []),
    ...(loss.agents.length > 0 ? [`* agents: ${loss.agents.map(({ id, rows }) => `\`${id}\` (${formatCount(rows)})`).join(', ')}`] : []),
    ...(loss.wayBack === undefined ? [] : ['* way back:', '', '```', loss.wayBack, '```']),
    '',
  ]);
  return [
    `# ${title}`,
    '',
    ...facts.map(([label, text]) => `* **${label}**: ${text}`),
    '',
    ...(losses.length === 0
      ? [built ? 'Everything came through as it was.' : notYet]
      : ['| what | where | rows | why |', '|---|---|--:|---|', ...rows, '', ...details]),
    '',
  ].join('\n');
}

const placeOf = ({ table, column }: Loss): string => (column === null ? table : `${table}.${column}`);

function sorted(losses: readonly Loss[]): Loss[] {
  return losses.toSorted((a, b) => order.indexOf(a.class) - order.indexOf(b.class) || (placeOf(a) < placeOf(b) ? -1 : 1));
}

/** The agents one by one. */
export function agentComparisonTable(agents: readonly AgentComparison[]): TableView {
  return {
    type: 'agent-compared',
    columns: [{ title: 'agent' }, { title: 'id' }, { title: 'messages', align: 'right' }, { title: 'state' }],
    rows: agents.map((agent) => ({
      cells: [agent.name ?? '(no name)', agent.id, formatCount(agent.messages.found), agent.there ? 'there' : agent.what.join('; ')],
      fields: { ...agent },
      ...(!agent.there && { tone: 'bad' as const }),
    })),
    empty: 'The snapshot holds no agents.',
  };
}
