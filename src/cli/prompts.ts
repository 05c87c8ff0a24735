import { LifeboatError } from '../report/errors.ts';

/** Loaded only where there is a person to ask. */
const clack = () => import('@clack/prompts');

/** Questions go to stderr, so that results can be piped, and end when the program is stopped. */
const asking = (signal: AbortSignal) => ({ output: process.stderr, signal });

/** @throws LifeboatError interrupted when the question is cancelled */
export async function askPassphrase(message: string, signal: AbortSignal): Promise<string> {
  const { password, isCancel } = await clack();
  return answerOf(
    await password({ message, ...asking(signal), validate: (text) => (text ? undefined : 'An empty passphrase opens nothing.') }),
    isCancel,
  );
}

/** Asks twice until both are the same. */
export async function askNewPassphrase(message: string, signal: AbortSignal): Promise<string> {
  for (;;) {
    const first = await askPassphrase(message, signal);
    if ((await askPassphrase('The same again', signal)) === first) return first;
    process.stderr.write('These were not the same. Once more, please.\n');
  }
}

export async function askYesOrNo(message: string, signal: AbortSignal): Promise<boolean> {
  const { confirm, isCancel } = await clack();
  return answerOf(await confirm({ message, ...asking(signal), initialValue: false }), isCancel);
}

/** Whether the person typed exactly `word`: for what should not be confirmed by habit. */
export async function askForWord(message: string, word: string, signal: AbortSignal): Promise<boolean> {
  const { text, isCancel } = await clack();
  return answerOf(await text({ message: `${message} Type ${word} to go on`, ...asking(signal) }), isCancel) === word;
}

function answerOf<T>(answer: T, isCancel: (value: unknown) => boolean): Exclude<T, symbol> {
  if (isCancel(answer)) throw new LifeboatError('interrupted');
  return answer as Exclude<T, symbol>;
}
