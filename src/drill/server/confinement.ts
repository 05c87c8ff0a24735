import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemProcesses } from '../../vault/process-identity.ts';
import { type Order, onLines, type Told } from './confinement-messages.ts';
import { firstWord, type Keeper, type KeeperTask, killGroup, startKeeper } from './keeper-process.ts';
import type { Way } from './ways.ts';

export interface Attempt {
  /** `api.openai.com:443`, `10.0.0.7:6379`, `example.com (name looked up)`. */
  to: string;
  count: number;
}

/** What the control tried to reach, and what came of it. */
export interface ControlRun {
  caught: boolean;
  outcomes: Record<string, string>;
}

/** A process and what it starts, cut off from everything outside; what they try to reach is recorded. */
export class Confinement {
  readonly way: Way;
  readonly ready: Told & { told: 'ready' };
  /** Resolves when the server in it has ended, with how. */
  readonly serverEnded: Promise<string>;
  /** Of the keeper, as this machine numbers it: everything in the confinement ends with it. */
  readonly pid: number;
  /** Of the server; null where the server's number means nothing on this side, or none runs. */
  serverPid: number | null = null;
  /** Process numbers are used again: only the process that began then is ended. */
  #serverStart: string | null = null;
  readonly #keeper: Keeper;
  readonly #tried = new Map<string, number>();
  readonly #waiting: ((told: Told) => void)[] = [];
  #serverEnds: (how: string) => void = () => {};

  private constructor(way: Way, keeper: Keeper, pid: number, ready: Told & { told: 'ready' }) {
    this.way = way;
    this.pid = pid;
    this.ready = ready;
    this.#keeper = keeper;
    this.serverEnded = new Promise((resolve) => {
      this.#serverEnds = resolve;
    });
    keeper.once('close', () => {
      this.#serverEnds('the confinement ended');
      for (const answer of this.#waiting.splice(0)) answer({ told: 'unable', reason: 'the confinement ended' });
    });
    onLines(keeper.stdout, (line) => this.#hear(line as Told));
  }

  /** @throws Error with the reason why this way is none here */
  static async open(way: Way, task: KeeperTask): Promise<Confinement> {
    const keeper = startKeeper(way, task);
    const begin = await firstWord(keeper);
    if (begin.told === 'ready' && keeper.pid !== undefined) return new Confinement(way, keeper, keeper.pid, begin);
    keeper.stdin.end();
    throw new Error(begin.told === 'unable' ? begin.reason : 'the keeper of the confinement did not begin');
  }

  /**
   * The positive control: tries to reach an address and a name outside. Caught: none was reached, and each was recorded.
   * What it tried does not count as an attempt. @throws Error where the control could not be tried
   */
  async control(): Promise<ControlRun> {
    // Addresses that belong to nobody (RFC 5737), a name that nobody owns (RFC 2606): where the confinement is broken nothing is there.
    const address = '203.0.113.9';
    const name = `control-${randomBytes(4).toString('hex')}.example.com`;
    const answer = await this.#ask({ order: 'control', address, name }, 'control');
    await this.#settle();
    const wanted = Object.keys(answer.outcomes);
    const caught =
      wanted.length > 0 &&
      wanted.every((to) => this.#tried.has(to)) &&
      (this.way.how === 'proxy' || this.#tried.has(lookedUp(name))) &&
      Object.values(answer.outcomes).every((outcome) => outcome !== 'reached');
    for (const to of [...wanted, lookedUp(name)]) this.#tried.delete(to);
    return { caught, outcomes: answer.outcomes };
  }

  start(server: Omit<Order & { order: 'start' }, 'order'>): void {
    this.#send({ order: 'start', ...server });
  }

  /** Everything tried so far but the control, in order of names. `unseen`: packets that were lost before they were looked at. */
  async attempts(): Promise<{ attempts: Attempt[]; unseen: number }> {
    const unseen = await this.#settle();
    const tried = [...this.#tried].map(([to, count]) => ({ to, count }));
    // A name that was looked up and then tried is told by the attempt.
    const reached = (to: string) => tried.some((other) => other.to.startsWith(`${to.replace(lookedUp(''), '')}:`));
    const attempts = tried.filter(({ to }) => !to.endsWith(lookedUp('')) || !reached(to));
    return { attempts: attempts.sort((a, b) => (a.to < b.to ? -1 : 1)), unseen };
  }

  /** Ends the server and all that it started. Safe to call at any time, and again. */
  async close(): Promise<void> {
    if (this.#keeper.exitCode !== null || this.#keeper.signalCode !== null) return;
    const gone = once(this.#keeper, 'close');
    this.#keeper.stdin.end();
    const inTime = await Promise.race([gone.then(() => true), sleep(5_000, false, { ref: false })]);
    if (inTime) return;
    killGroup(this.pid);
    this.#endServer();
    await gone;
  }

  #endServer(): void {
    if (this.serverPid === null) return;
    // While one of its group lives, its number is given to no other process: only one that is there can be another.
    const start = systemProcesses.startOf(this.serverPid);
    if (start === null || start === this.#serverStart) killGroup(this.serverPid);
  }

  #hear(told: Told): void {
    switch (told.told) {
      case 'attempt': {
        const to = told.connected ? told.to : lookedUp(told.to);
        this.#tried.set(to, (this.#tried.get(to) ?? 0) + 1);
        break;
      }
      case 'started':
        // Behind a namespace of processes the number is another one here; everything there ends with the keeper.
        this.serverPid = this.way.how === 'proxy' ? told.pid : null;
        this.#serverStart = this.serverPid === null ? null : systemProcesses.startOf(this.serverPid);
        break;
      case 'ended':
        this.#serverEnds(told.how);
        break;
      default:
        this.#waiting.shift()?.(told);
    }
  }

  async #settle(): Promise<number> {
    return (await this.#ask({ order: 'settle' }, 'settled')).dropped;
  }

  /** Orders are answered in their order. */
  async #ask<Kind extends Told['told']>(order: Order, kind: Kind): Promise<Told & { told: Kind }> {
    const answer = new Promise<Told>((resolve) => this.#waiting.push(resolve));
    this.#send(order);
    const told = await answer;
    if (told.told === kind) return told as Told & { told: Kind };
    throw new Error(told.told === 'unable' ? told.reason : `unexpected: ${told.told}`);
  }

  #send(order: Order): void {
    this.#keeper.stdin.write(`${JSON.stringify(order)}\n`);
  }
}

const lookedUp = (name: string): string => `${name} (name looked up)`;
