import { Option } from 'commander';

/** For a flag that may be repeated, and whose value may hold several words. */
export const gather = (value: string, before: string[] = []) => [...before, ...value.split(/[\s,]+/).filter((word) => word !== '')];
/** For a flag that may be repeated, each value as it is. */
export const gatherWhole = (value: string, before: string[] = []) => [...before, value];

/** Every flag has a variable: --with-objects is LIFEBOAT_WITH_OBJECTS. */
export const flag = (flags: string, description: string) => {
  const option = new Option(flags, description);
  return option.env(`LIFEBOAT_${(option.long ?? '').slice(2).replaceAll('-', '_').toUpperCase()}`);
};

// Flags that several verbs have.

export const vault = () => flag('--vault <V>', 'directory of the vault');
export const identity = () => flag('--identity <FILE>', 'age identity file, or an exported writer key');
export const kit = () => flag('--kit <FILE>', 'emergency kit, for a vault whose keys are gone');
export const acceptLosses = () =>
  flag('--accept-losses <REPORT>', 'go on without the rows of this report: its id, as the refusal shows it');
export const whileInUse = () => flag('--while-in-use', 'change rows although others are connected (a running Letta server)');
export const ping = () =>
  flag('--ping <URL>', 'tell a monitor (healthchecks.io or alike): URL/start, then URL or URL/fail; LIFEBOAT_PING is better');
export const rekeyFrom = () => flag('--rekey-from-file <FILE>', 'the old LETTA_ENCRYPTION_KEY (default: the variable)');
export const rekeyTo = () => flag('--rekey-to-file <FILE>', 'a new LETTA_ENCRYPTION_KEY for the secrets of the built database');
export const report = () => flag('--report <FILE>', 'write the loss report to a new file (.md or .json)');
