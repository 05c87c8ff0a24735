import { type RequestOptions, request } from 'node:http';

/** Where the server answers: a socket that leads to it, or a port of this machine. */
export type ServerAddress = { socketPath: string } | { host: string; port: number };

/** What a server answered: its JSON, or the status and the beginning of what it said instead. Status 0: no answer. */
export type Answer = { status: 200; body: unknown } | { status: number; error: string };

/** For one answer: a list of a hundred agents with all that they have takes seconds on a small machine. */
const patience = 120_000;
/** To a client that does not name itself, 0.16 shows agents without their tools and blocks. */
const headers = { 'user-agent': 'lifeboat' };

/** Asks a Letta server. Only GET: nothing here changes what an agent knows. */
export class ServerQuestions {
  readonly #at: ServerAddress;
  readonly #signal: AbortSignal;

  constructor(at: ServerAddress, signal: AbortSignal) {
    this.#at = at;
    this.#signal = signal;
  }

  /**
   * @param user acts as this user: without one, or with one that it does not know, a server answers for its default user
   *   (letta-server.md §0.12)
   * @throws the signal's reason
   */
  async get(path: string, user?: string): Promise<Answer> {
    this.#signal.throwIfAborted();
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(patience)]);
    const options: RequestOptions = {
      ...this.#at,
      path,
      method: 'GET',
      agent: false,
      signal,
      headers: { ...headers, ...(user === undefined ? {} : { user_id: user }) },
    };
    try {
      const { status, text } = await exchange(options);
      if (status !== 200) return { status, error: text.slice(0, 300) };
      return { status: 200, body: JSON.parse(text) as unknown };
    } catch (error) {
      this.#signal.throwIfAborted();
      return { status: 0, error: error instanceof Error ? error.message : String(error) };
    }
  }
}

function exchange(options: RequestOptions): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        text += piece;
      });
      response.once('error', reject).once('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asked.once('error', reject).end();
  });
}
