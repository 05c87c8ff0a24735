/**
 * What the drill and the keeper of the confinement (`confinement-keeper.ts`) say to each other: one JSON object per line.
 * The first line to the keeper is its task. Never on a command line: it holds the password of the database.
 */
export interface ConfinementTask {
  how: 'namespace' | 'proxy';
  /** The network that the drill is in (`/proc/self/ns/net`): the keeper refuses to change that one. */
  outsideNetwork: string;
  /** A Python 3; it sees the packets and plays the control. */
  python: string;
  /** Throwaway; the sockets are in it. */
  directory: string;
  /** The socket behind which the drilled database is. */
  postgresSocket: string;
  /** The socket that leads to the server's port (`namespace`); with `proxy` the port is this machine's. */
  serverSocket: string;
}

export type Order =
  | { order: 'control'; address: string; name: string }
  | { order: 'start'; program: string; args: string[]; env: Record<string, string>; log: string }
  /** Answered once all attempts so far were told. */
  | { order: 'settle' };

export type Told =
  | { told: 'ready'; postgresPort: number; serverPort: number; proxyPort: number | null; ipv6: boolean }
  | { told: 'unable'; reason: string }
  /** `connected`: false for a name that was looked up. */
  | { told: 'attempt'; to: string; connected: boolean }
  | { told: 'control'; outcomes: Record<string, string> }
  | { told: 'started'; pid: number }
  | { told: 'ended'; how: string }
  | { told: 'settled'; dropped: number };

/** Calls back for every whole line of a stream, parsed. Lines that are no JSON are passed over. */
export function onLines(stream: NodeJS.ReadableStream, take: (line: unknown) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('{')) take(JSON.parse(line));
  });
}
