/** One thing that is wrong, or worth knowing, about a database. */
export interface Finding {
  /** Stable, kebab-case. */
  code: string;
  severity: 'error' | 'warning' | 'note';
  /** Table, table.column, or another object. */
  where: string;
  message: string;
  /** SQL or a command that would mend it, where there is one. */
  repair: string | null;
}
