import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fixtureEncryptionKey } from './fixtures.ts';
import { freePort } from './free-port.ts';
import { installLetta, type LettaRelease, lettaTools } from './letta-installations.ts';

/** What a server answered: its JSON, or the status and text of a refusal. */
export type Answer = { status: 200; body: unknown } | { status: number; error: string };

/** A program in the background with a log, ended with the test process at the latest. */
class Background {
  readonly child: ChildProcess;
  readonly directory = mkdtempSync(join(tmpdir(), 'lifeboat-letta-'));
  readonly #name: string;

  constructor(name: string, program: string, args: string[], env: NodeJS.ProcessEnv) {
    this.#name = name;
    const log = openSync(this.#log, 'w');
    this.child = spawn(program, args, {
      cwd: this.directory,
      env: { PATH: process.env.PATH, HOME: this.directory, LANG: 'C.UTF-8', ...env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    process.on('exit', this.#endNow);
  }

  get #log(): string {
    return join(this.directory, 'log');
  }

  #endNow = () => {
    this.child.kill('SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
  };

  async waitFor(url: string, patienceMs: number): Promise<void> {
    let failure: Error | undefined;
    this.child.once('error', (error) => {
      failure = error;
    });
    for (const giveUp = Date.now() + patienceMs; Date.now() < giveUp; await sleep(200)) {
      if (failure || this.child.exitCode !== null || this.child.signalCode !== null) break;
      const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
      if (answer?.ok) return;
    }
    const log = readFileSync(this.#log, 'utf8').split('\n').slice(-40).join('\n');
    await this.end();
    throw new Error(`${this.#name} did not answer ${url}: ${failure?.message ?? ''}\n${log}`);
  }

  /** All that it printed. */
  readLog(): string {
    return readFileSync(this.#log, 'utf8');
  }

  async end(): Promise<void> {
    process.off('exit', this.#endNow);
    const { child } = this;
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const hard = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await once(child, 'exit');
      clearTimeout(hard);
    }
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The OpenAI-compatible stand-in that the fixtures were made with; tests/fixtures/tools/fake_llm.py says what it understands. */
export async function startFakeLlm(port?: number): Promise<{ url: string; [Symbol.asyncDispose](): Promise<void> }> {
  const at = port ?? (await freePort());
  const program = new Background('fake LLM', 'python3', [join(lettaTools, 'fake_llm.py'), '--port', String(at)], {});
  await program.waitFor(`http://127.0.0.1:${at}/healthz`, 15_000);
  return { url: `http://127.0.0.1:${at}/v1`, [Symbol.asyncDispose]: () => program.end() };
}

export interface LettaServerOptions {
  /** Default: the fixtures'. null: none. */
  encryptionKey?: string | null;
  /** Base URL of an OpenAI-compatible server. Only needed when agents shall answer. */
  llm?: string;
  env?: NodeJS.ProcessEnv;
}

/** A real Letta server. It writes to its database while it boots, so give it a copy. */
export class LettaServer {
  readonly release: LettaRelease;
  readonly url: string;
  readonly #program: Background;

  private constructor(release: LettaRelease, url: string, program: Background) {
    this.release = release;
    this.url = url;
    this.#program = program;
  }

  /** Boots in 10–30 s. @throws with the end of the server's log when it does not get healthy. */
  static async start(databaseUrl: string, release: LettaRelease, options: LettaServerOptions = {}): Promise<LettaServer> {
    const home = await installLetta(release);
    const port = await freePort();
    const early = release === '0.11.3';
    const key = options.encryptionKey === undefined ? fixtureEncryptionKey : options.encryptionKey;
    const program = new Background(`Letta ${release}`, join(home, 'bin/letta'), ['server', '--host', '127.0.0.1', '--port', String(port)], {
      LETTA_PG_URI: early ? databaseUrl : `${databaseUrl}?sslmode=disable`,
      ...(early ? {} : { LETTA_DISABLE_SQLALCHEMY_POOLING: 'false', ...(key ? { LETTA_ENCRYPTION_KEY: key } : {}) }),
      OPENAI_API_BASE: options.llm ?? 'http://127.0.0.1:9/v1',
      OPENAI_API_KEY: 'sk-anything',
      OTEL_SDK_DISABLED: 'true',
      ...options.env,
    });
    const url = `http://127.0.0.1:${port}`;
    await program.waitFor(`${url}/v1/health/`, 180_000);
    return new LettaServer(release, url, program);
  }

  /** @param user acts as this user; without one the server's default user answers, who owns nothing in the fixtures. */
  async get(path: string, user?: string): Promise<Answer> {
    const answer = await fetch(this.url + path, { headers: user ? { user_id: user } : {}, signal: AbortSignal.timeout(60_000) });
    const text = await answer.text();
    return answer.status === 200 ? { status: 200, body: JSON.parse(text) } : { status: answer.status, error: text.slice(0, 500) };
  }

  readLog(): string {
    return this.#program.readLog();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#program.end();
  }
}
