import type { ColumnModel, DatabaseModel, TableModel } from '../../src/schema/model.ts';
import { idOf } from './names.ts';
import { bigintegers, embedding, extremeEmbedding, instant, instants, integers, jsons, texts } from './samples.ts';
import { shapesOf } from './shapes.ts';
import { wordsOf } from './words.ts';

/** Which value of which row is wanted. */
export interface Cell {
  model: DatabaseModel;
  /** Place in the chain of the schema that is filled. */
  position: number;
  table: TableModel;
  column: ColumnModel;
  /** Rows that the table has already. */
  row: number;
  /** Every kind of value in turn, NULL and JSON null among them; otherwise what an ordinary row holds. */
  wild: boolean;
}

const serial = /^nextval\('(?!message_seq_id')/;

/** A value for a column that nobody chose, as PostgreSQL's text. References are not its business. */
export function fill(cell: Cell): string | null {
  const { table, column, row, wild } = cell;
  if (column.name === 'id') return column.type === 'integer' ? String(row + 1) : idOf(table.name, `generated ${row}`);
  if (column.name === 'sequence_id') return String(row * 3 + 7);
  if (serial.test(column.default ?? '')) return String(row + 1);
  if (column.name === 'is_deleted') return wild && row % 3 === 0 ? 't' : 'f';
  if (column.name === 'limit') return '5000';
  return wild ? wildValue(cell) : calmValue(cell);
}

function calmValue(cell: Cell): string | null {
  const { table, column, row } = cell;
  const words = wordsOf(table.name, column.name, cell.position);
  if (words !== null && words.length > 0) return words[row % words.length] ?? null;
  if (column.name === 'created_at' || column.name === 'updated_at') return instant(row);
  if (column.type.startsWith('vector(')) return embedding(row);
  const shapes = column.type.startsWith('json') ? shapesOf(table.name, column.name) : null;
  if (shapes !== null) return shapes[row % shapes.length] ?? null;
  if (!column.notNull) return null;
  if (column.type.startsWith('json')) return '{}';
  if (column.type === 'boolean') return 'f';
  if (column.type.startsWith('timestamp')) return instant(row);
  if (column.type === 'integer' || column.type === 'bigint') return String(row);
  return enumLabels(cell)?.[0] ?? `${column.name} ${row}`;
}

/** Goes through NULL, JSON null and all samples in turn, each column shifted against its neighbours. */
function wildValue(cell: Cell): string | null {
  const { table, column } = cell;
  const turn = cell.row + table.columns.indexOf(column);
  const pool = poolOf(cell);
  const isJson = column.type.startsWith('json');
  if (column.notNull) return [...pool, ...(isJson ? ['null'] : [])][turn % (pool.length + Number(isJson))] ?? null;
  if (turn % 3 === 0) return null;
  if (isJson && turn % 6 === 1) return 'null';
  return pool[(Math.floor(turn / 3) * 2 + (turn % 3) - 1) % pool.length] ?? null;
}

function poolOf(cell: Cell): string[] {
  const { table, column, row, position } = cell;
  const { type } = column;
  const labels = enumLabels(cell) ?? wordsOf(table.name, column.name, position);
  if (labels !== null && labels.length > 0) return [...labels];
  if (type.startsWith('json')) return [...(shapesOf(table.name, column.name) ?? jsons)];
  if (type === 'boolean') return ['t', 'f'];
  if (type === 'integer') return [...integers];
  if (type === 'bigint') return [...bigintegers];
  if (type.startsWith('timestamp')) return [...instants];
  if (type.startsWith('vector(')) return [row % 2 === 0 ? extremeEmbedding() : embedding(row, 4096)];
  if (column.name === 'custom_headers_enc') return ['{}', '{"X-Team": "blue"}', '']; // JSON as text, or a ciphertext of it
  const room = Number(/\((\d+)\)/.exec(type)?.[1] ?? Number.POSITIVE_INFINITY);
  return texts.map((text) => Array.from(text).slice(0, room).join(''));
}

function enumLabels({ model, column }: Cell): readonly string[] | null {
  return model.enums.find(({ name }) => name === column.type)?.labels ?? null;
}
