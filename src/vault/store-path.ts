import { LifeboatError } from '../report/errors.ts';

const segment = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}$/;

/** Longest path a store takes, in bytes (S3's limit is 1024 with its prefix). */
const longest = 900;

/** `tmp/` belongs to the file system store itself; the rule is the same everywhere so that stores stay copyable. */
const reserved = 'tmp';

/** Refuses a path that is not of the store's form, before any I/O. @throws LifeboatError store-path-refused */
export function checkStorePath(path: string): string {
  const parts = path.split('/');
  if (path.length > longest || parts[0] === reserved || !parts.every((part) => segment.test(part))) {
    throw new LifeboatError('store-path-refused', { path: JSON.stringify(path.slice(0, 200)) });
  }
  return path;
}

/** The same for a prefix of `list`: empty, a whole path, or a path ending in `/`. @throws LifeboatError store-path-refused */
export function checkStorePrefix(prefix: string): string {
  if (prefix !== '') checkStorePath(prefix.endsWith('/') ? prefix.slice(0, -1) : prefix);
  return prefix;
}

/** Whether a name found in a store's directory is one that `put` could have made. */
export function isStoreName(name: string): boolean {
  return segment.test(name);
}
