import { type Command, CommanderError } from 'commander';
import { LifeboatError } from '../report/errors.ts';
import { exitCodes } from '../report/exit-codes.ts';
import type { Output } from '../report/output.ts';
import type { Ping } from '../report/ping.ts';
import type { Context, GlobalFlags } from './context.ts';
import { dropEmptyVariables } from './environment.ts';
import { openOutput } from './open-output.ts';
import { openPing, openPingUnparsed } from './open-ping.ts';
import { buildProgram } from './program.ts';
import { listenForSignals } from './signals.ts';
import { toolVersion } from './tool-version.ts';
import { usageError } from './usage-error.ts';

/** Runs one command line. Never throws. @returns the exit code (docs/json-output.md) */
export async function run(argv: readonly string[]): Promise<number> {
  const environment = process.env;
  dropEmptyVariables(environment);
  let code: number = exitCodes.done;
  let output: Output | null = null;
  const signals = listenForSignals(() => output?.settle());
  let ping: Ping | null = null;
  const program = buildProgram(async (flags, verb, name) => {
    output = await openOutput(flags);
    ping = await openPing(flags, name, output, environment);
    output = ping?.output ?? output;
    const interactive = !flags.json && Boolean(process.stdin.isTTY && process.stderr.isTTY);
    const context: Context = { output, signal: signals.signal, yes: flags.yes ?? false, interactive, environment, toolVersion };
    code = await verb(context);
  });
  const ended = async (exit: number): Promise<number> => {
    // It is no part of the result: a monitor that cannot be reached changes nothing but this line.
    const trouble = await ping?.end(exit);
    if (trouble) process.stderr.write(`warning: ${trouble} (ping-failed)\n`);
    return exit;
  };
  try {
    await program.parseAsync(argv, { from: 'user' });
    return await ended(code);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done;
    // `lifeboat` and `lifeboat key` alone: commander has shown the help.
    if (error instanceof CommanderError && error.code === 'commander.help') return exitCodes.usage;
    const registered = signals.signal.aborted ? interruption(error) : register(error, argv, program);
    if (output === null) {
      output = await openOutput(flagsBeforeParsing(argv, environment));
      ping = await openPingUnparsed(program, argv, output, environment);
      output = ping?.output ?? output;
    }
    output.error(registered);
    return await ended(registered.exit);
  } finally {
    signals.stop();
  }
}

/** Work that is stopped fails in many ways; all of them mean the same, but for those that say what was left how. */
function interruption(cause: unknown): LifeboatError {
  const telling = ['interrupted', 'restore-interrupted', 'switch-interrupted', 'switch-half-done'];
  return cause instanceof LifeboatError && telling.includes(cause.code) ? cause : new LifeboatError('interrupted', {}, { cause });
}

function register(error: unknown, argv: readonly string[], program: Command): LifeboatError {
  if (error instanceof LifeboatError) return error;
  if (error instanceof CommanderError) {
    const verb = argv.find((word) => !word.startsWith('-'));
    const known = program.commands.some((command) => command.name() === verb);
    return usageError(
      withoutValues(error.message.replace(/^error: /, '').replaceAll('\n', ' ')),
      known ? `lifeboat ${verb} --help` : 'lifeboat --help',
      'The command line says too little, or something that Lifeboat does not know.',
    );
  }
  return new LifeboatError('internal', { reason: error instanceof Error ? error.message : String(error) }, { cause: error });
}

/** What stands behind a word that is not known may be a secret, and a monitor is told what is shown. */
function withoutValues(message: string): string {
  return message
    .replace(/(unknown option '--?[^=']*)=.*'/, "$1=…'")
    .replace(/(unknown option '-[^-'])[^']+'/, "$1…'")
    .replace(/(but got \d+): .*$/, '$1.');
}

/** A command line that could not be parsed still says how its error is to be shown. */
function flagsBeforeParsing(argv: readonly string[], environment: NodeJS.ProcessEnv): GlobalFlags {
  const given = (flag: string, short = flag) =>
    argv.includes(flag) || argv.includes(short) || environment[`LIFEBOAT_${flag.slice(2).toUpperCase()}`] !== undefined;
  return { ...(given('--json') && { json: true as const }), ...(given('--verbose', '-v') && { verbose: true as const }) };
}
