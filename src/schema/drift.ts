/** What can differ between the schema that should be and the one that is. */
export type DriftKind =
  | 'missing extension'
  | 'missing enum'
  | 'extra enum'
  | 'enum labels'
  | 'missing sequence'
  | 'extra sequence'
  | 'sequence definition'
  | 'sequence owner'
  | 'missing table'
  | 'extra table'
  | 'missing column'
  | 'extra column'
  | 'column type'
  | 'column default'
  | 'column nullability'
  | 'column identity'
  | 'column generation'
  | 'column collation'
  | 'column order'
  | 'missing constraint'
  | 'extra constraint'
  | 'constraint definition'
  | 'constraint name'
  | 'missing index'
  | 'extra index'
  | 'index definition'
  | 'index name'
  | 'invalid index';

export interface DriftFinding {
  kind: DriftKind;
  /** `drift`: a server or a migration of Letta may fail on it. `note`: it differs and harms nothing. */
  severity: 'drift' | 'note';
  /** The table that it is about (objectKey), null for enums, sequences, extensions and tables themselves. */
  table: string | null;
  /** Column, constraint, index, or the object itself. */
  name: string;
  expected: string | null;
  actual: string | null;
  /** SQL that makes it as expected, to be run with home in the search_path; absent where a person has to decide. */
  repair?: string;
}

/** Own additions of a user's that Letta neither reads nor trips over, and orders that SQL does not promise. */
const notes: ReadonlySet<DriftKind> = new Set(['extra enum', 'extra sequence', 'extra table', 'extra index', 'column order']);

export function finding(
  kind: DriftKind,
  about: { table?: string; name: string; expected?: string | null; actual?: string | null; repair?: string | undefined },
): DriftFinding {
  const { table = null, name, expected = null, actual = null, repair } = about;
  return { kind, severity: notes.has(kind) ? 'note' : 'drift', table, name, expected, actual, ...(repair === undefined ? {} : { repair }) };
}
