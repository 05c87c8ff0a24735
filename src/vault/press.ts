import { Worker } from 'node:worker_threads';
import { LifeboatError } from '../report/errors.ts';
import { largest, smallest } from './press-limits.ts';
import type { ObjectKind, PlainContent } from './vault.ts';

/** What the press needs of a vault's keys. */
export interface PressKeys {
  nameKey: Uint8Array;
  /** `age1…`; null in a vault that is not sealed. */
  recipient: string | null;
  /** `AGE-SECRET-KEY-…`; null where there is none: nothing can be, or need be, opened. */
  identity: string | null;
}

/** First order for a content. The worker answers once it has copied the pieces and named them. */
export interface NameOrder {
  order: 'name';
  kind: ObjectKind;
  shapeHash: Uint8Array;
  rows: number;
  size: number;
  pieces: Uint8Array[];
}

/** Second order for the same content, unless the vault holds it already. */
export interface SealOrder {
  order: 'seal';
  selfCheck: boolean;
}

/** An order of its own: whether stored bytes are the object of that name. */
export interface CheckOrder {
  order: 'check';
  kind: ObjectKind;
  shapeHash: Uint8Array;
  rows: number;
  name: string;
  stored: Uint8Array;
}

export type PressAnswer = { name: string } | { sealed: Uint8Array | null } | { checked: number } | { failure: string };

/**
 * One keeps up with two sessions that read, on the two cores that a small server has; each costs about 40 MB. The others
 * stay a number here because nothing else depends on it.
 */
const threads = 1;
/** Milliseconds that an idle thread waits for work. */
const patience = 1000;

/**
 * Makes objects of contents, and checks objects, in threads of their own: hashing, compressing, sealing and checking a few megabytes at a time
 * with single calls. The thread that reads rows only hands over where they lie, and V8 has next to nothing to collect
 * there. Threads are started when they are first needed, and do not keep the process alive.
 */
export class Press {
  readonly #keys: PressKeys;
  readonly #idle: { worker: Worker; end: NodeJS.Timeout }[] = [];
  readonly #waiting: ((worker: Worker) => void)[] = [];
  #started = 0;

  constructor(keys: PressKeys) {
    this.#keys = keys;
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
    const worker = await this.#take();
    let healthy = false;
    try {
      const pieces = await Array.fromAsync(content.open(), shared);
      const { kind, shapeHash, rows, size } = content;
      const named = await ask(worker, { order: 'name', kind, shapeHash, rows, size, pieces });
      if (!('name' in named)) throw new LifeboatError('internal', { reason: `a content could not be named: ${JSON.stringify(named)}` });
      taken?.();
      const { name } = named;
      if (await isThere(name)) {
        healthy = true;
        return { name, sealed: null };
      }
      const made = await ask(worker, { order: 'seal', selfCheck });
      if (!('sealed' in made) || made.sealed === null)
        throw new LifeboatError('self-check-failed', { object: name }, { cause: 'failure' in made ? new Error(made.failure) : undefined });
      healthy = true;
      return { name, sealed: Buffer.from(made.sealed.buffer, made.sealed.byteOffset, made.sealed.byteLength) };
    } finally {
      await this.#giveBack(worker, healthy);
    }
  }

  /** Opens an object that was read. @returns its plain bytes' length; null when something is wrong, which shows when it is streamed. */
  async check(order: Omit<CheckOrder, 'order'>): Promise<number | null> {
    const worker = await this.#take();
    let healthy = false;
    try {
      const answer = await ask(worker, { ...order, order: 'check' });
      healthy = true;
      return 'checked' in answer ? answer.checked : null;
    } finally {
      await this.#giveBack(worker, healthy);
    }
  }

  async #take(): Promise<Worker> {
    const idle = this.#idle.pop();
    if (idle) {
      clearTimeout(idle.end);
      return idle.worker;
    }
    if (this.#started < threads) {
      this.#started++;
      return this.#start();
    }
    return await new Promise((resolve) => this.#waiting.push(resolve));
  }

  #start(): Worker {
    // In a checkout the TypeScript is run as it is.
    const program = new URL(import.meta.url.endsWith('.ts') ? './press-worker.ts' : './press-worker.js', import.meta.url);
    const worker = new Worker(program, { workerData: this.#keys, resourceLimits: { maxYoungGenerationSizeMb: 1 } });
    worker.unref();
    return worker;
  }

  /** A worker that something went wrong with is replaced. */
  async #giveBack(worker: Worker, healthy: boolean): Promise<void> {
    if (!healthy) await worker.terminate();
    const next = this.#waiting.shift();
    if (next) next(healthy ? worker : this.#start());
    else if (healthy) this.#rest(worker);
    else this.#started--;
  }

  /** A thread that has nothing to do is ended after a while: a vault need not be closed by anybody. */
  #rest(worker: Worker): void {
    const end = setTimeout(() => {
      this.#idle.splice(
        this.#idle.findIndex((each) => each.worker === worker),
        1,
      );
      this.#started--;
      void worker.terminate();
    }, patience);
    end.unref();
    this.#idle.push({ worker, end });
  }
}

/** Memory that is not shared would be copied with all that lies around the piece: a copy of the piece alone is less. */
function shared(chunk: Buffer): Uint8Array {
  return chunk.buffer instanceof SharedArrayBuffer ? new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length) : new Uint8Array(chunk);
}

function ask(worker: Worker, order: NameOrder | SealOrder | CheckOrder): Promise<PressAnswer> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit).unref();
      end();
    };
    const onMessage = (answer: PressAnswer) => settle(() => resolve(answer));
    const onError = (error: unknown) => settle(() => reject(error));
    const onExit = () => settle(() => reject(new Error('a thread ended before it answered')));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit).ref();
    worker.postMessage(order);
  });
}
