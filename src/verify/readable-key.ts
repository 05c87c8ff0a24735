import type { TableShape } from '../rows/shape.ts';

/** A row's key for people: `id=message-…`; numbers as numbers, text as text, anything else in hex. */
export function readableKey(shape: TableShape, key: readonly number[], fields: readonly (Buffer | null)[]): string {
  return key
    .flatMap((index) => {
      const column = shape.columns[index];
      return column ? [`${column.name}=${readableField(column, fields[index] ?? null)}`] : [];
    })
    .join(', ');
}

function readableField(column: TableShape['columns'][number], field: Buffer | null): string {
  if (field === null) return 'NULL';
  if (column.as === 'text' || /^(text|character|json$)/.test(column.type)) return field.toString('utf8').slice(0, 120);
  if (column.type === 'bigint' && field.length === 8) return field.readBigInt64BE().toString();
  if (column.type === 'integer' && field.length === 4) return String(field.readInt32BE());
  if (column.type === 'smallint' && field.length === 2) return String(field.readInt16BE());
  if (column.type === 'uuid' && field.length === 16) return field.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return `0x${field.toString('hex').slice(0, 64)}`;
}
