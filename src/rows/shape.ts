import { createHash } from 'node:crypto';
import type { TableModel } from '../schema/model.ts';

/** How one column travels in a segment. */
export interface ColumnShape {
  name: string;
  /** format_type(), home-relative. */
  type: string;
  /** `binary`: PostgreSQL's binary send format. `text`: the value's text under pinned settings, sent as type text. */
  as: 'binary' | 'text';
}

/** What the rows of a segment look like. Its hash goes into every segment's name. */
export interface TableShape {
  encoding: 1;
  columns: ColumnShape[];
}

/** SHA-256 of the shape's canonical JSON. */
export function shapeHash(shape: TableShape): Buffer {
  const canonical = JSON.stringify([shape.encoding, shape.columns.map((column) => [column.name, column.type, column.as])]);
  return createHash('sha256').update(canonical).digest();
}

export type { TableModel };
