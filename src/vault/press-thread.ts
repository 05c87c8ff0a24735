import { Worker } from 'node:worker_threads';
import type { Numbered, PressAnswer, PressKeys, PressOrder } from './press-orders.ts';

/** A thread of the press. Orders may be given before earlier ones are answered; they are done one after the other. */
export class PressThread {
  readonly #worker: Worker;
  readonly #asked = new Map<number, { resolve(answer: PressAnswer): void; reject(reason: unknown): void }>();
  #number = 0;
  #over = false;

  constructor(keys: PressKeys) {
    // In a checkout the TypeScript is run as it is.
    const program = new URL(import.meta.url.endsWith('.ts') ? './press-worker.ts' : './press-worker.js', import.meta.url);
    this.#worker = new Worker(program, { workerData: keys, resourceLimits: { maxYoungGenerationSizeMb: 1 } });
    this.#worker.on('message', ({ number, message }: Numbered<PressAnswer>) => this.#settle(number)?.resolve(message));
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new Error('a thread ended before it answered')));
    this.#worker.unref();
  }

  /** Whether it has ended: it answers nothing any more. */
  get over(): boolean {
    return this.#over;
  }

  /** @param given memory that goes over to the thread. @throws what ended the thread */
  ask(order: PressOrder, given: ArrayBuffer[] = []): Promise<PressAnswer> {
    if (this.#over) return Promise.reject(new Error('a thread ended before it was asked'));
    const number = this.#number++;
    const { promise, resolve, reject } = Promise.withResolvers<PressAnswer>();
    // Only what is waited for keeps the process alive.
    if (this.#asked.size === 0) this.#worker.ref();
    this.#asked.set(number, { resolve, reject });
    this.#worker.postMessage({ number, message: order } satisfies Numbered<PressOrder>, given);
    return promise;
  }

  end(): void {
    this.#over = true;
    void this.#worker.terminate();
  }

  #settle(number: number) {
    const asked = this.#asked.get(number);
    this.#asked.delete(number);
    if (this.#asked.size === 0) this.#worker.unref();
    return asked;
  }

  #end(reason: unknown): void {
    this.#over = true;
    for (const number of [...this.#asked.keys()]) this.#settle(number)?.reject(reason);
  }
}
