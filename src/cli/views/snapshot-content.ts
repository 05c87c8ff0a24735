import { formatBytes, formatCount, formatCountOf } from '../../report/format.ts';
import type { TableView } from '../../report/output.ts';
import { objectKey } from '../../schema/model.ts';
import type { CensusAgent } from '../../vault/census-object.ts';
import type { SecretCensus, TableEntry } from '../../vault/manifest.ts';

export function tableTable(tables: readonly TableEntry[]): TableView {
  return {
    type: 'table',
    columns: [
      { title: 'table' },
      { title: 'rows', align: 'right' },
      { title: 'size', align: 'right' },
      { title: 'columns', align: 'right' },
    ],
    rows: tables.map((table) => ({
      cells: [objectKey(table), formatCount(table.rows), formatBytes(table.bytes), String(table.shape.length)],
      fields: {
        table: objectKey(table),
        rows: table.rows,
        bytes: table.bytes,
        columns: table.shape.map(({ name, type }) => ({ name, type })),
      },
    })),
    empty: 'The snapshot holds no tables.',
  };
}

export function agentTable(agents: readonly CensusAgent[]): TableView {
  return {
    type: 'agent',
    columns: [{ title: 'agent' }, { title: 'name' }, { title: 'messages', align: 'right' }, { title: 'organization' }, { title: 'state' }],
    rows: agents.map((agent) => ({
      cells: [agent.id, agent.name ?? '', formatCount(agent.messages), agent.organization ?? '', stateOf(agent)],
      fields: {
        agent: agent.id,
        name: agent.name,
        messages: agent.messages,
        organization: agent.organization,
        deleted: agent.deleted,
        hidden: agent.hidden,
      },
    })),
    empty: 'The snapshot holds no agents.',
  };
}

function stateOf({ deleted, hidden }: CensusAgent): string {
  return [...(deleted ? ['deleted'] : []), ...(hidden ? ['hidden'] : [])].join(', ');
}

/**
 * `12 values that decrypt, 3 values in plain text …` over all columns. The census has every `_enc` column that the
 * snapshot's release has: none at all is a release before 0.12.0, whose secrets stand in older columns that are never
 * encrypted (letta-server.md §5.1).
 */
export function secretsText(secrets: SecretCensus): string {
  const columns = Object.values(secrets);
  if (columns.length === 0) return 'none encrypted: Letta before 0.12.0 keeps them in clear';
  const sum = (name: keyof (typeof columns)[number]) => columns.reduce((total, counts) => total + counts[name], 0);
  const parts = [
    [sum('decrypts'), 'that decrypt'],
    [sum('undecryptable'), 'that DO NOT decrypt with the key of that time'],
    [sum('plaintext'), 'in plain text'],
    [sum('unchecked'), 'encrypted and not checked'],
  ].filter(([count]) => count !== 0);
  return parts.length === 0
    ? 'none encrypted'
    : parts.map(([count, what]) => `${formatCountOf(Number(count), 'value')} ${what}`).join(', ');
}
