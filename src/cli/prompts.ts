import { LifeboatError } from '../report/errors.ts';

/** Questions to a person, on stderr, so that results can be piped. Loaded only where there is a terminal. */
const clack = () => import('@clack/prompts');

/** @throws LifeboatError interrupted when the question is cancelled */
export async function askPassphrase(message: string): Promise<string> {
  const { password, isCancel } = await clack();
  return answerOf(
    await password({ message, output: process.stderr, validate: (text) => (text ? undefined : 'An empty passphrase opens nothing.') }),
    isCancel,
  );
}

/** Asks twice until both are the same. */
export async function askNewPassphrase(message: string): Promise<string> {
  for (;;) {
    const first = await askPassphrase(message);
    if ((await askPassphrase('The same again')) === first) return first;
    process.stderr.write('These were not the same. Once more, please.\n');
  }
}

export async function askYesOrNo(message: string): Promise<boolean> {
  const { confirm, isCancel } = await clack();
  return answerOf(await confirm({ message, output: process.stderr, initialValue: false }), isCancel);
}

/** Whether the person typed exactly `word`: for what should not be confirmed by habit. */
export async function askForWord(message: string, word: string): Promise<boolean> {
  const { text, isCancel } = await clack();
  return answerOf(await text({ message: `${message} Type ${word} to go on`, output: process.stderr }), isCancel) === word;
}

function answerOf<T>(answer: T, isCancel: (value: unknown) => boolean): Exclude<T, symbol> {
  if (isCancel(answer)) throw new LifeboatError('interrupted');
  return answer as Exclude<T, symbol>;
}
