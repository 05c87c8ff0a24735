/** Where rows come from: enough to tell later whether a database is that very one. */
export interface DatabaseIdentity {
  /** Empty where this login may not ask for it. */
  systemIdentifier: string;
  timeline: string;
  database: string;
  databaseOid: string;
  /** server_version, e.g. 15.20 */
  postgres: string;
  extensions: Record<string, string>;
  home: string;
  layout: 'public' | 'schema';
  publicExists: boolean;
  /** Database-level settings (`ALTER DATABASE … SET`), name → value. */
  settings: Record<string, string>;
  encoding: string;
  collate: string;
  ctype: string;
  /** `libc`, or `icu:LOCALE`, `builtin:LOCALE`. */
  localeProvider: string;
  owner: string;
  postmasterStart: string;
  /** The next transaction's number when the snapshot was taken. */
  xid8: string;
  lsn: string;
}
