import { LifeboatError } from '../report/errors.ts';
import type { Body, ObjectInfo, Store } from './store.ts';
import { checkStorePath, checkStorePrefix } from './store-path.ts';

/** A store in memory, for tests and rehearsals. Keeps the contract of `store.ts`; `objects` is open to fault injection. */
export class MemoryStore implements Store {
  readonly location: string;
  readonly objects = new Map<string, { bytes: Buffer; modified: Date }>();
  readonly #clock: () => Date;

  constructor(options: { location?: string; clock?: () => Date } = {}) {
    this.location = options.location ?? 'memory:';
    this.#clock = options.clock ?? (() => new Date());
  }

  async put(path: string, body: Body): Promise<'created' | 'exists'> {
    checkStorePath(path);
    if (this.objects.has(path)) return 'exists';
    const chunks: Buffer[] = [];
    for await (const chunk of body.open()) chunks.push(Buffer.from(chunk));
    const bytes = Buffer.concat(chunks);
    if (bytes.length !== body.size)
      throw new LifeboatError('store-write-failed', {
        location: this.location,
        path,
        reason: `${bytes.length} bytes came where ${body.size} were announced`,
      });
    if (this.objects.has(path)) return 'exists';
    this.objects.set(path, { bytes, modified: this.#clock() });
    return 'created';
  }

  async *get(path: string): AsyncGenerator<Buffer> {
    const object = this.objects.get(checkStorePath(path));
    if (!object) throw new LifeboatError('object-missing', { object: path, location: this.location });
    for (let at = 0; at < object.bytes.length; at += 64 * 1024) yield Buffer.from(object.bytes.subarray(at, at + 64 * 1024));
  }

  async head(path: string): Promise<ObjectInfo | null> {
    const object = this.objects.get(checkStorePath(path));
    return object ? { path, size: object.bytes.length, modified: object.modified } : null;
  }

  async *list(prefix: string): AsyncGenerator<ObjectInfo> {
    checkStorePrefix(prefix);
    for (const path of [...this.objects.keys()].sort()) {
      const object = this.objects.get(path);
      if (object && path.startsWith(prefix)) yield { path, size: object.bytes.length, modified: object.modified };
    }
  }

  async delete(path: string): Promise<void> {
    this.objects.delete(checkStorePath(path));
  }

  async now(): Promise<Date> {
    return this.#clock();
  }
}
