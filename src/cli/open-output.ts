import type { Output, OutputOptions } from '../report/output.ts';
import type { GlobalFlags } from './context.ts';

/** The output that flags and streams ask for. Loaded when needed: `--help` needs none of them. */
export async function openOutput(flags: GlobalFlags): Promise<Output> {
  const options: OutputOptions = {
    stdout: process.stdout,
    stderr: process.stderr,
    quiet: flags.quiet ?? false,
    verbose: flags.verbose ?? false,
  };
  if (flags.json) return new (await import('../report/output-json.ts')).JsonOutput(options);
  if (process.stdout.isTTY && process.stderr.isTTY) return new (await import('../report/output-terminal.ts')).TerminalOutput(options);
  return new (await import('../report/output-plain.ts')).PlainOutput(options);
}
