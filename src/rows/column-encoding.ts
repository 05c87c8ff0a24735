import type { TableModel } from '../schema/model.ts';
import type { TableShape } from './shape.ts';

/**
 * Types whose binary send format is the same on every PostgreSQL 15–18, carries no OIDs, and is read back exactly.
 * (json is sent as its own text, jsonb as a version byte and text, an enum as its label, vector as float4s.)
 */
const binaryTypes = new RegExp(
  `^(?:${[
    'boolean|smallint|integer|bigint|real|double precision|text|json|jsonb|bytea|uuid|date',
    String.raw`numeric(?:\(\d+,-?\d+\))?`,
    String.raw`character(?: varying)?(?:\(\d+\))?`,
    String.raw`(?:time|timestamp)(?:\(\d\))? with(?:out)? time zone`,
    String.raw`interval(?: (?:year|month|day|hour|minute|second)(?: to (?:month|hour|minute|second))?)?(?:\(\d\))?`,
    String.raw`vector(?:\(\d+\))?`,
  ].join('|')})$`,
);

/**
 * How the rows of a table travel: allow-listed types and enums in binary, everything else (arrays, composites,
 * ranges, `reg*`, …) as its text. Generated columns are left out: PostgreSQL computes them again.
 *
 * @param enums names of enum types as they stand in `type` of the columns
 */
export function shapeOf(table: TableModel, enums: ReadonlySet<string>): TableShape {
  return {
    encoding: 1,
    columns: table.columns
      .filter((column) => column.generated === null)
      .map(({ name, type }) => ({ name, type, as: binaryTypes.test(type) || enums.has(type) ? 'binary' : 'text' })),
  };
}
