import { LifeboatError } from '../report/errors.ts';
import { largest, slotCount, smallest } from './press-limits.ts';
import type { CheckOrder, NameParts, PressAnswer, PressKeys } from './press-orders.ts';
import { PressThread } from './press-thread.ts';
import { Slots } from './slots.ts';
import { soundLength } from './sound-object.ts';
import type { PlainContent } from './vault.ts';

/** Milliseconds that an idle thread waits for work. */
const patience = 1000;

/**
 * Names contents, makes objects of them, and checks stored objects, in a thread of its own: hashing, compressing and sealing
 * a few megabytes at a time with single calls. The thread that reads rows hands over where they lie, opens what was made of
 * them, and V8 has next to nothing to collect there. One thread keeps up with two sessions that read, on the two cores that a small
 * server has. It works on several contents in turn: while the vault is asked whether it has one, the next is
 * named. The thread is started when it is first needed, and does not keep the process alive.
 */
export class Press {
  readonly #keys: PressKeys;
  readonly #nameKey: Buffer;
  readonly #slots = new Slots(slotCount);
  #thread: PressThread | null = null;
  #users = 0;
  #end: NodeJS.Timeout | null = null;

  constructor(keys: PressKeys) {
    this.#keys = keys;
    this.#nameKey = Buffer.from(keys.nameKey);
  }

  takes({ size }: PlainContent): boolean {
    return size >= smallest && size <= largest;
  }

  /**
   * Names a content, and seals it unless `isThere` says that it need not be. @param taken called when the content's memory
   * is not needed any more. @throws LifeboatError self-check-failed
   */
  async make(
    content: PlainContent,
    selfCheck: boolean,
    isThere: (name: string) => Promise<boolean>,
    taken?: () => void,
  ): Promise<{ name: string; sealed: Buffer | null }> {
    const slot = await this.#slots.take();
    try {
      return await this.#use(async (thread) => {
        const name = await nameBy(thread, content, slot);
        taken?.();
        if (await isThere(name)) return { name, sealed: null };
        const made = await thread.ask({ order: 'seal', slot });
        if (!('sealed' in made))
          throw new LifeboatError(
            'self-check-failed',
            { object: name },
            { cause: 'failure' in made ? new Error(made.failure) : undefined },
          );
        const sealed = Buffer.from(made.sealed.buffer, made.sealed.byteOffset, made.sealed.byteLength);
        if (selfCheck) this.#selfCheck(sealed, made.fileKey, { ...content, name });
        return { name, sealed };
      });
    } finally {
      this.#slots.giveBack(slot);
    }
  }

  /**
   * Opens what is about to be stored: it must have the name that the content had before the thread compressed it. Here and
   * not in the thread, which has more to do: so what crossed between the two is looked at, too.
   */
  #selfCheck(sealed: Buffer, fileKey: Uint8Array | null, content: NameParts & { name: string }): void {
    let cause: unknown;
    try {
      if (soundLength(sealed, fileKey && { fileKey: Buffer.from(fileKey) }, this.#nameKey, content) !== null) return;
    } catch (error) {
      cause = error;
    }
    throw new LifeboatError('self-check-failed', { object: content.name }, { cause });
  }

  /** The name that a content would have. Its memory may be used again then. */
  async name(content: PlainContent): Promise<string> {
    return await this.#use((thread) => nameBy(thread, content, null));
  }

  /** Opens an object that was read, in memory of its own, which is gone then. @returns its plain bytes' length; null when something is wrong, which shows when it is streamed. */
  async check(order: Omit<CheckOrder, 'order'>): Promise<number | null> {
    const answer: PressAnswer = await this.#use((thread) => thread.ask({ ...order, order: 'check' }, [order.stored.buffer as ArrayBuffer]));
    return 'checked' in answer ? answer.checked : null;
  }

  /** Nobody has to close a vault: a thread that has nothing to do is ended after a while. */
  async #use<T>(work: (thread: PressThread) => Promise<T>): Promise<T> {
    if (this.#end !== null) clearTimeout(this.#end);
    if (this.#thread === null || this.#thread.over) this.#thread = new PressThread(this.#keys);
    this.#users++;
    try {
      return await work(this.#thread);
    } finally {
      if (--this.#users === 0) {
        this.#end = setTimeout(() => this.#rest(), patience);
        this.#end.unref();
      }
    }
  }

  #rest(): void {
    this.#thread?.end();
    this.#thread = null;
  }
}

async function nameBy(thread: PressThread, content: PlainContent, slot: number | null): Promise<string> {
  const pieces = await Array.fromAsync(content.open(), shared);
  const { kind, shapeHash, rows, size } = content;
  const named = await thread.ask({ order: 'name', kind, shapeHash, rows, size, pieces, slot });
  if (!('name' in named)) throw new LifeboatError('internal', { reason: `a content could not be named: ${JSON.stringify(named)}` });
  return named.name;
}

/** Memory that is not shared would be copied with all that lies around the piece: a copy of the piece alone is less. */
function shared(chunk: Buffer): Uint8Array {
  return chunk.buffer instanceof SharedArrayBuffer ? new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length) : new Uint8Array(chunk);
}
