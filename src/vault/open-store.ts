import { LifeboatError } from '../report/errors.ts';
import { FilesystemStore } from './filesystem-store.ts';
import type { Store } from './store.ts';

/** The store at a location given by a person: a directory (need not exist yet). @throws LifeboatError store-unsupported */
export function openStore(location: string): Store {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(location)?.[1];
  if (scheme !== undefined) throw new LifeboatError('store-unsupported', { scheme });
  return new FilesystemStore(location);
}
