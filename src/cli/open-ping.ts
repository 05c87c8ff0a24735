import type { Command } from 'commander';
import type { Output } from '../report/output.ts';
import type { Ping } from '../report/ping.ts';
import { parsePingUrl } from '../report/ping-url.ts';
import type { GlobalFlags } from './context.ts';
import { toolVersion } from './tool-version.ts';
import { usageError } from './usage-error.ts';

/** A monitor that is to be told. Programs that are started from here do not get its address. @throws LifeboatError usage */
export async function openPing(
  flags: Pick<GlobalFlags, 'ping'>,
  verb: string,
  output: Output,
  environment: NodeJS.ProcessEnv,
): Promise<Ping | null> {
  delete environment.LIFEBOAT_PING;
  if (flags.ping === undefined) return null;
  const url = parsePingUrl(flags.ping);
  if (url === null)
    throw usageError(
      '--ping: that is not an address of http or https without a user and password.',
      'Give the ping URL of a check, such as https://hc-ping.com/UUID.',
    );
  return new (await import('../report/ping.ts')).Ping(url, verb, output, toolVersion);
}

/**
 * The monitor of a command line that could not be parsed: a wrong word in a crontab is a failure that a monitor is for.
 * Null where no verb with --ping is named, no address is given, or it is none: the wrong word is the error to show.
 */
export async function openPingUnparsed(
  program: Command,
  argv: readonly string[],
  output: Output,
  environment: NodeJS.ProcessEnv,
): Promise<Ping | null> {
  const verb = argv.find((word) => !word.startsWith('-')) ?? '';
  const command = program.commands.find((one) => one.name() === verb);
  if (!command?.options.some(({ long }) => long === '--ping')) return null;
  const at = argv.findLastIndex((word) => word === '--ping' || word.startsWith('--ping='));
  const given = argv[at]?.includes('=') ? argv[at].slice('--ping='.length) : argv[at + 1];
  const address = at < 0 ? environment.LIFEBOAT_PING : given;
  return openPing({ ...(address !== undefined && { ping: address }) }, verb, output, environment).catch(() => null);
}
