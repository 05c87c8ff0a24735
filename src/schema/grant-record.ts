/** Owner and explicit rights of one object. Home's schema is null; the database and schemas have no name of their own. */
export interface GrantRecord {
  kind: string;
  schema: string | null;
  /** Of a column: `"table"."column"`. */
  name: string;
  owner: string;
  /** Empty: PostgreSQL's defaults. The grantee '' is PUBLIC. */
  acl: { grantee: string; privileges: string[]; grantable: string[] }[];
}
