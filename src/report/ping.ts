import { randomUUID } from 'node:crypto';
import type { Output } from './output.ts';
import { LoggedOutput } from './output-log.ts';
import { type PingSignal, pingAddress } from './ping-url.ts';
import { redact } from './redact.ts';
import { sendPing } from './send-ping.ts';

/** Bytes of a body. Healthchecks keeps 10 kB in older versions, 100 kB in newer ones. */
const bodyLimit = 10_000;
/** Of these for the line that says how it ended. */
const headRoom = 300;
/** Milliseconds that the end waits for a start that was not told yet. */
const grace = 2000;

/** Tells a monitor how a verb fares: that it began, then how it ended, with the end of what was shown. */
export class Ping {
  readonly output: LoggedOutput;
  readonly #url: URL;
  readonly #verb: string;
  readonly #userAgent: string;
  readonly #run = randomUUID();
  readonly #giveUp = new AbortController();
  readonly #started: Promise<string | null>;

  /** Says that it began; nothing waits for that. `output`: what the verb shows goes there, through `this.output`. */
  constructor(url: URL, verb: string, output: Output, toolVersion: string) {
    this.#url = url;
    this.#verb = verb;
    this.#userAgent = `letta-lifeboat/${toolVersion}`;
    this.output = new LoggedOutput(output, bodyLimit - headRoom);
    this.#started = this.#send('start', '', this.#giveUp.signal);
  }

  /** @returns null, or a sentence that says why the monitor was not told; the address is not in it */
  async end(exit: number): Promise<string | null> {
    // A start that could not be told yet is not told after the end; that of a short verb may still be on its way.
    const timer = setTimeout(() => this.#giveUp.abort(), grace);
    const begun = await this.#started;
    clearTimeout(timer);
    const head = `lifeboat ${this.#verb}: exit code ${exit}\n`;
    const body = Buffer.from(redact(head + this.output.log()))
      .subarray(0, bodyLimit)
      .toString('utf8');
    const ended = await this.#send(exit === 0 ? 'success' : 'fail', body);
    if (ended !== null) return `The monitor of --ping was not told how it ended: ${ended}.`;
    return begun === null ? null : `The monitor of --ping was not told that it began: ${begun}.`;
  }

  #send(signal: PingSignal, body: string, giveUp?: AbortSignal): Promise<string | null> {
    return sendPing(pingAddress(this.#url, signal, this.#run), body, { userAgent: this.#userAgent, ...(giveUp && { signal: giveUp }) });
  }
}
