import { LifeboatError } from '../report/errors.ts';
import type { GrantRecord } from '../schema/grant-record.ts';
import { type DatabaseModel, objectKey, quoteIdent } from '../schema/model.ts';
import type { Manifest, TableEntry } from '../vault/manifest.ts';

/** Schemas that are PostgreSQL's own: a snapshot that builds or changes something in them is not one of Lifeboat's. */
export function isSystemSchema(schema: string): boolean {
  return /^pg_/i.test(schema) || schema === 'information_schema';
}

/**
 * Whoever has the writer keys can sign anything. What a snapshot lists must hang together and stay out of PostgreSQL's
 * own schemas, or rows and rights would go to objects that the restore did not make.
 * @throws LifeboatError snapshot-damaged
 */
export function refuseHostile(manifest: Manifest, model: DatabaseModel, tables: readonly TableEntry[]): void {
  const damaged = (reason: string) => new LifeboatError('snapshot-damaged', { reason });
  const places = [
    manifest.source.home,
    ...model.schemas,
    ...[...model.tables, ...model.enums, ...model.sequences].flatMap(({ schema }) => schema ?? []),
  ];
  const system = places.find(isSystemSchema);
  if (system !== undefined) throw damaged(`it places objects in PostgreSQL's own schema ${system}`);
  const known = new Map(model.tables.map((table) => [objectKey(table), new Set(table.columns.map(({ name }) => name))]));
  const seen = new Set<string>();
  for (const table of tables) {
    const key = objectKey(table);
    const columns = known.get(key);
    if (!columns) throw damaged(`it holds rows of ${key}, which its schema does not have`);
    if (seen.has(key)) throw damaged(`it lists the rows of ${key} twice`);
    seen.add(key);
    const stranger = table.shape.find(({ name }) => !columns.has(name));
    if (stranger) throw damaged(`it holds values of ${key}.${stranger.name}, which its schema does not have`);
  }
}

/** The grants on what the model has; rights on anything else (PostgreSQL's catalogues above all) are nobody's to give. */
export function grantsOfModel(grants: readonly GrantRecord[], model: DatabaseModel): { kept: GrantRecord[]; strange: GrantRecord[] } {
  const relations = new Set(
    [...model.tables, ...model.sequences, ...model.others.filter(({ kind }) => /view|table$/.test(kind))].map(objectKey),
  );
  const columns = new Set(
    model.tables.flatMap((table) =>
      table.columns.map((column) => `${table.schema ?? ''}\0${quoteIdent(table.name)}.${quoteIdent(column.name)}`),
    ),
  );
  const views = model.others.filter(({ kind }) => /view$/.test(kind));
  const types = new Set(model.enums.map(objectKey));
  const schemas = new Set([...model.schemas, ...model.extensions.flatMap(({ schema }) => schema ?? [])]);
  const isOurs = (grant: GrantRecord): boolean => {
    if (grant.schema !== null && isSystemSchema(grant.schema)) return false;
    switch (grant.kind) {
      case 'database':
        return true;
      case 'schema':
        // `public` is there in every database, whether the model lists it or not.
        return grant.schema === null || grant.schema === 'public' || schemas.has(grant.schema);
      case 'type':
        return types.has(objectKey(grant));
      case 'column':
        return (
          columns.has(`${grant.schema ?? ''}\0${grant.name}`) ||
          views.some((view) => view.schema === grant.schema && grant.name.startsWith(`${quoteIdent(view.name)}.`))
        );
      default:
        return relations.has(objectKey(grant));
    }
  };
  return { kept: grants.filter(isOurs), strange: grants.filter((grant) => !isOurs(grant)) };
}
