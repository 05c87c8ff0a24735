import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, realpathSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onLines } from './confinement-messages.ts';
import { addressQuestion, answerTo, readQuestion } from './name-answers.ts';
import { NamedAttempts, type SeenAttempt } from './named-attempts.ts';

const run = promisify(execFile);
const namePort = 53;

export interface WatchedNetwork {
  ipv6: boolean;
  /** Resolves once every packet sent so far was told. @returns how many packets were not seen */
  settle(): Promise<number>;
  end(): void;
}

/**
 * Within a network and a mount namespace of its own: every address becomes this machine, names get addresses from us, and
 * each attempt is told.
 * @param ports of 127.0.0.1 where the keeper listens
 * @throws when the kernel does not let us
 */
export async function watchNetwork(
  python: string,
  directory: string,
  ports: readonly number[],
  tell: (to: string, connected: boolean) => void,
): Promise<WatchedNetwork> {
  const attempts = new NamedAttempts([...ports, namePort]);
  const watcher = spawn(python, ['-I', '-S', join(import.meta.dirname, 'network.py')], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ipv6 = await readiness(watcher);
  const waiting = new Map<string, (dropped: number) => void>();
  onLines(watcher.stdout, (line) => {
    const { seen, dropped = 0, ...attempt } = line as SeenAttempt & { seen?: string; dropped?: number };
    if (seen === undefined) {
      const to = attempts.describe(attempt);
      if (to !== null) tell(to, true);
      return;
    }
    waiting.get(seen)?.(dropped);
    waiting.delete(seen);
  });
  await answerNames(attempts, tell);
  await askUsForNames(directory);
  return {
    ipv6,
    settle: () =>
      new Promise((resolve) => {
        const mark = String(performance.now());
        waiting.set(mark, resolve);
        watcher.stdin.write(`${mark}\n`);
      }),
    end: () => watcher.kill('SIGKILL'),
  };
}

async function readiness(watcher: ChildProcess & { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream }): Promise<boolean> {
  let said = '';
  watcher.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = once(watcher, 'close').then(() => {
    throw new Error(said.trim().split('\n').at(-1) || 'the watcher of the network ended');
  });
  ended.catch(() => {});
  const [line] = await Promise.race([once(watcher.stdout, 'data'), ended]);
  return (JSON.parse(String(line)) as { ready: { ipv6: boolean } }).ready.ipv6;
}

async function answerNames(attempts: NamedAttempts, tell: (to: string, connected: boolean) => void): Promise<void> {
  const names = createSocket('udp4');
  names.on('message', (message, { address, port }) => {
    const question = readQuestion(message);
    if (question === null) return;
    // An IPv6 address is asked for beside the other; told once.
    if (question.type === addressQuestion) tell(question.name, false);
    names.send(answerTo(message, question.type === addressQuestion ? attempts.addressFor(question.name) : null), port, address);
  });
  names.bind(namePort, '127.0.0.1');
  await once(names, 'listening');
}

/**
 * A name service of the machine (systemd-resolved, nscd) listens on a Unix socket, which no network namespace cuts off: it
 * would ask the real network. So programs are told to ask the name server of resolv.conf, which is us.
 */
async function askUsForNames(directory: string): Promise<void> {
  const files: Record<string, string> = {
    '/etc/resolv.conf': 'nameserver 127.0.0.1\noptions timeout:2 attempts:1\n',
    '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
  };
  for (const [path, text] of Object.entries(files)) {
    // Without the file the C library asks 127.0.0.1, too.
    if (!existsSync(path)) continue;
    const ours = join(directory, path.replaceAll('/', '_'));
    await writeFile(ours, text);
    await run('mount', ['--bind', ours, realpathSync(path)]);
  }
  for (const path of ['/run/nscd', '/run/systemd/resolve'])
    if (existsSync(path) && !realpathSync('/etc/resolv.conf').startsWith(`${path}/`)) await run('mount', ['-t', 'tmpfs', 'none', path]);
}
