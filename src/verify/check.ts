import type { Revision } from '../letta/catalogue.ts';
import type { Session } from '../postgres/database.ts';
import type { DatabaseModel } from '../schema/model.ts';
import type { Finding } from './finding.ts';

/** The groups of docs/checks.md, which gives them their order and their titles (scripts/checks-document.ts). */
export type CheckGroup =
  | 'schema'
  | 'upgrade'
  | 'sequences'
  | 'references'
  | 'context'
  | 'conversations'
  | 'groups'
  | 'passages'
  | 'files'
  | 'secrets'
  | 'tools'
  | 'shapes'
  | 'ids'
  | 'in-flight'
  | 'tenants'
  | 'outside'
  | 'queries';

/** A database as checks see it: one read-only transaction in which nothing changes. */
export interface CheckContext {
  session: Session;
  /** Schema in which Letta's tables are. */
  home: string;
  model: DatabaseModel;
  /** The rows of alembic_version, sorted. */
  revisions: readonly string[];
  /** Of the catalogue; null where the database has none, several, or one that is not known: such checks go by the schema alone. */
  revision: Revision | null;
  /** The release whose server meets this database (`servingRelease`); null without a revision. */
  release: string | null;
  /** LETTA_ENCRYPTION_KEY as the server has it; null: not given. */
  encryptionKey: string | null;
  /** Ages are counted from here: when the rows were read, or for a drill when the snapshot was taken. */
  now: Date;
}

/** One question to a database. One file each in `checks/`, named as its code. */
export interface Check {
  /** Stable, kebab-case: the code of its findings. */
  code: string;
  group: CheckGroup;
  /** What it looks for: a sentence for docs/checks.md. */
  looksFor: string;
  /** What a server does about it, with the source of that fact (letta-server.md §…, or a file of Letta): for docs/checks.md. */
  effect: string;
  severity: Finding['severity'];
  /**
   * Set-based: the statement returns the rows concerned and no others, whatever the size of the tables. Asks the model
   * (`has`) before it names a table or a column. @returns no finding, or one for each place (`where`)
   */
  run(context: CheckContext): Promise<Finding[]>;
}

/** Whether the schema has this table of Letta's, and these columns of it. */
export function has({ model }: Pick<CheckContext, 'model'>, table: string, ...columns: string[]): boolean {
  const found = model.tables.find(({ schema, name }) => schema === null && name === table);
  return found !== undefined && columns.every((column) => found.columns.some(({ name }) => name === column));
}
