/**
 * An id of Letta's form `prefix-<uuid4>` that follows from what the snapshot holds, as SQL over an SQL text: a second
 * upgrade of the same snapshot gives the same ids. It has a uuid4's version and variant, which Letta's servers demand of
 * ids in paths since 0.13.0 (letta-server.md §2). SHA-256, since PostgreSQL has no md5() where FIPS rules.
 */
export function derivedId(prefix: string, text: string): string {
  const hash = `encode(sha256(convert_to(${text}, 'UTF8')), 'hex')`;
  return `'${prefix}-' || regexp_replace(${hash}, '^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$', E'\\\\1-\\\\2-4\\\\3-8\\\\4-\\\\5')`;
}
