/** Orders names by code units: the same on every server and in every locale, unlike ORDER BY. */
export function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** Orders things of a DatabaseModel by (schema, name), home first. */
export function bySchemaAndName(a: { schema: string | null; name: string }, b: { schema: string | null; name: string }): number {
  if (a.schema === b.schema) return byName(a, b);
  if (a.schema === null) return -1;
  if (b.schema === null) return 1;
  return a.schema < b.schema ? -1 : 1;
}
