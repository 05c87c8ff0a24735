import type { DatabaseModel, ForeignKeyModel, TableModel } from '../../src/schema/model.ts';
import { byName } from '../../src/schema/order.ts';

/** Where an upgrade gets stuck that fails after f6cd5a1e519d has committed its first half. */
export const wedgeRevision = 'c6c43222e2de';

/** archives.embedding_config exists already, still without NOT NULL. */
export function wedged(model: DatabaseModel): DatabaseModel {
  for (const { name, columns } of model.tables) {
    const like = columns.find((column) => column.name === 'metadata_');
    if (name === 'archives' && like) columns.push({ ...like, name: 'embedding_config' });
  }
  return model;
}

/** What people do about a missing message_seq_id: a sequence of the name that PostgreSQL itself would give. */
export function handRepaired(model: DatabaseModel): DatabaseModel {
  const name = 'messages_sequence_id_seq';
  const column = columnOf(model, 'messages', 'sequence_id');
  if (column === undefined) throw new RangeError('messages have no sequence_id at this revision');
  column.default = `nextval('${name}'::regclass)`;
  const plain = { type: 'bigint', start: '1', increment: '1', min: '1', max: '9223372036854775807', cache: '1', cycle: false };
  model.sequences = model.sequences
    .filter((sequence) => sequence.name !== 'message_seq_id')
    .concat({ schema: null, name, ...plain, ownedBy: null })
    .sort(byName);
  return model;
}

/** Foreign keys get the name that PostgreSQL gives to one without a name; so do these keys and constraints. */
const renamed: Readonly<Record<string, string>> = {
  uq_messages_sequence_id: 'messages_sequence_id_key',
  pk_steps_id: 'steps_pkey',
  agent_passages_pkey: 'archival_passages_pkey',
};

const autoNamed =
  /^(?:fk_jobs_organization_id|fk_messages_(?:run|step)_id|fk_step_metrics_run_id|fk_steps_(?:run|job|organization|provider)_id|agent_passages_.+)$/;

/** The differences between `metadata.create_all` and the migrations that the catalogue's README lists. */
export function asCreateAll(model: DatabaseModel): DatabaseModel {
  const unusedEnums = model.enums.filter(({ name }) => !model.tables.some(({ columns }) => columns.some(({ type }) => type === name)));
  model.enums = model.enums.filter((each) => !unusedEnums.includes(each));
  model.sequences = model.sequences.filter(({ name }) => name !== 'message_seq_id');
  for (const table of model.tables.filter(({ name }) => name !== 'alembic_version')) {
    table.foreignKeys = table.foreignKeys
      .map((key) => ({ ...key, name: autoNamed.test(key.name) ? autoName(table, key) : key.name }))
      .sort(byName);
    table.uniques = table.uniques.map((unique) => ({ ...unique, name: renamed[unique.name] ?? unique.name })).sort(byName);
    changeKeys(table);
    changeDefaults(table);
    // Mixins put id and the dates elsewhere; any other order will do.
    table.columns = table.columns.toSorted((a, b) => Number(a.name === 'id') - Number(b.name === 'id') || byName(a, b));
  }
  return model;
}

function autoName(table: TableModel, key: ForeignKeyModel): string {
  return `${table.name}_${key.columns.join('_')}_fkey`;
}

function changeKeys(table: TableModel): void {
  if (table.primaryKey !== null) table.primaryKey.name = renamed[table.primaryKey.name] ?? table.primaryKey.name;
  const promote = ['unique_agent_tag', 'unique_agent_tool'];
  const unique = table.uniques.find(({ name }) => promote.includes(name));
  if (unique && table.primaryKey === null) {
    table.primaryKey = { name: unique.name, columns: unique.columns };
    table.uniques = table.uniques.filter((each) => each !== unique);
  }
  if (table.name === 'blocks_agents' && table.primaryKey === null) {
    table.primaryKey = { name: 'blocks_agents_pkey', columns: ['agent_id', 'block_id', 'block_label'] };
  }
  if (table.primaryKey && ['file_contents', 'files_agents'].includes(table.name)) table.primaryKey.columns = ['id'];
  const index = table.indexes.find(({ name }) => name === 'ix_provider_trace_metadata_id');
  if (index) {
    table.indexes = table.indexes.filter((each) => each !== index);
    table.uniques.push({
      name: 'uq_provider_trace_metadata_id',
      columns: ['id'],
      nullsNotDistinct: false,
      deferrable: false,
      initiallyDeferred: false,
    });
  }
  if (table.name === 'blocks_tags') {
    const extra = (name: string, columns: string) => ({
      name,
      unique: false,
      method: 'btree',
      definition: `USING btree (${columns})`,
      valid: true,
    });
    table.indexes = [
      ...table.indexes,
      extra('ix_blocks_tags_block_id_tag', 'block_id, tag'),
      extra('ix_blocks_tags_tag_block_id', 'tag, block_id'),
    ].sort(byName);
  }
}

function changeDefaults(table: TableModel): void {
  for (const column of table.columns) {
    if (table.name === 'messages' && column.name === 'sequence_id') column.default = null;
    if (['messages', 'organizations', 'users'].includes(table.name) && column.name === 'created_at') column.default = 'now()';
    if (table.name === 'identities' && ['created_at', 'updated_at'].includes(column.name)) column.default = 'now()';
    if (table.name === 'identities' && column.name === 'properties') column.default = null;
    if (table.name === 'steps' && /^(?:completion|prompt|total)_tokens$/.test(column.name)) column.default = null;
    if (table.name === 'archives_agents' && column.name === 'created_at')
      column.default = `'2026-01-17 03:15:00+00'::timestamp with time zone`;
  }
}

function columnOf(model: DatabaseModel, table: string, column: string) {
  return model.tables.find(({ name }) => name === table)?.columns.find(({ name }) => name === column);
}
