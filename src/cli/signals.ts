import { LifeboatError } from '../report/errors.ts';
import { exitCodes } from '../report/exit-codes.ts';

/** The first SIGINT or SIGTERM stops the work cleanly; the second ends the program at once. */
export function listenForSignals(onFirst: () => void): { signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const listener = () => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    onFirst();
    process.stderr.write('Stopping; again to stop at once.\n');
    controller.abort(new LifeboatError('interrupted'));
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, listener);
  // `lifeboat list | head`: whoever read has seen enough. The work goes on, and its exit code stays what it is.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
  });
  // A terminal that is gone (SIGHUP) takes no more words; the work is stopped in order all the same.
  process.stderr.on('error', () => {});
  return {
    signal: controller.signal,
    stop() {
      for (const name of names) process.off(name, listener);
    },
  };
}
