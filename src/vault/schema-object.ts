import * as v from 'valibot';
import { LifeboatError } from '../report/errors.ts';
import type { GrantRecord } from '../schema/grant-record.ts';
import type { DatabaseModel } from '../schema/model.ts';
import type { Manifest } from './manifest.ts';
import { readJson } from './table-content.ts';
import type { Vault } from './vault.ts';

/** The value of an identity column's own sequence, which the schema model does not list. */
export interface IdentityValue {
  schema: string | null;
  table: string;
  column: string;
  lastValue: string;
  isCalled: boolean;
}

/** What the `schema` object of a snapshot holds. */
export interface SchemaObject {
  model: DatabaseModel;
  grants: GrantRecord[];
  identityValues: IdentityValue[];
}

const text = v.pipe(
  v.string(),
  v.maxLength(1_000_000),
  v.check((value) => !value.includes('\0')),
);
const identifier = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(255),
  v.check((value) => !value.includes('\0')),
);
const place = v.nullable(identifier);
const integer = v.pipe(v.string(), v.regex(/^-?\d{1,20}$/));
const columns = v.pipe(v.array(identifier), v.maxLength(1664));

const table = v.strictObject({
  schema: place,
  name: identifier,
  columns: v.pipe(
    v.array(
      v.strictObject({
        name: identifier,
        type: text,
        notNull: v.boolean(),
        default: v.nullable(text),
        identity: v.nullable(v.picklist(['always', 'by default'])),
        generated: v.nullable(text),
        collation: v.nullable(text),
      }),
    ),
    v.maxLength(1664),
  ),
  primaryKey: v.nullable(v.strictObject({ name: identifier, columns })),
  uniques: v.array(
    v.strictObject({ name: identifier, columns, nullsNotDistinct: v.boolean(), deferrable: v.boolean(), initiallyDeferred: v.boolean() }),
  ),
  foreignKeys: v.array(
    v.strictObject({
      name: identifier,
      columns,
      refSchema: place,
      refTable: identifier,
      refColumns: columns,
      onDelete: v.picklist(['NO ACTION', 'CASCADE', 'SET NULL', 'SET DEFAULT', 'RESTRICT']),
      onUpdate: v.picklist(['NO ACTION', 'CASCADE', 'SET NULL', 'SET DEFAULT', 'RESTRICT']),
      match: v.picklist(['SIMPLE', 'FULL']),
      deferrable: v.boolean(),
      initiallyDeferred: v.boolean(),
      validated: v.boolean(),
    }),
  ),
  checks: v.array(v.strictObject({ name: identifier, definition: text, validated: v.boolean() })),
  indexes: v.array(v.strictObject({ name: identifier, unique: v.boolean(), method: identifier, definition: text, valid: v.boolean() })),
});

const model = v.strictObject({
  schemas: v.array(identifier),
  extensions: v.array(v.strictObject({ name: identifier, version: text, schema: place })),
  enums: v.array(v.strictObject({ schema: place, name: identifier, labels: v.array(text) })),
  sequences: v.array(
    v.strictObject({
      schema: place,
      name: identifier,
      type: v.picklist(['smallint', 'integer', 'bigint']),
      start: integer,
      increment: integer,
      min: integer,
      max: integer,
      cache: integer,
      cycle: v.boolean(),
      ownedBy: v.nullable(v.strictObject({ schema: place, table: identifier, column: identifier })),
    }),
  ),
  tables: v.array(table),
  others: v.array(
    v.strictObject({ kind: text, schema: place, name: text, definition: v.nullable(text), phase: v.picklist(['pre', 'post']) }),
  ),
});

const privileges = v.array(v.pipe(v.string(), v.regex(/^[A-Z ]{1,30}$/)));

const schemaObject = v.strictObject({
  model,
  grants: v.array(
    v.strictObject({
      kind: text,
      schema: place,
      name: text,
      owner: identifier,
      acl: v.array(v.strictObject({ grantee: v.pipe(v.string(), v.maxLength(255)), privileges, grantable: privileges })),
    }),
  ),
  identityValues: v.array(
    v.strictObject({ schema: place, table: identifier, column: identifier, lastValue: integer, isCalled: v.boolean() }),
  ),
});

/** Reads and validates a snapshot's schema object. @throws LifeboatError snapshot-damaged | object-missing | object-damaged */
export async function readSchemaObject(vault: Vault, manifest: Manifest): Promise<SchemaObject> {
  const result = v.safeParse(schemaObject, await readJson(vault, 'schema', manifest.schema));
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new LifeboatError('snapshot-damaged', {
    reason: `the schema object is not as the format says (${v.getDotPath(issue) ?? 'root'}: ${issue.message})`,
  });
}
