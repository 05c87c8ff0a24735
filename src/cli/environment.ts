const prefix = 'LIFEBOAT_';
export const switches: readonly string[] = [
  'JSON',
  'QUIET',
  'VERBOSE',
  'YES',
  'DRY_RUN',
  'WITH_OBJECTS',
  'NO_ENCRYPTION',
  'TABLES',
  'AGENTS',
  'WRITER',
  'METRICS',
  'ACCEPT_OTHER_SOURCE',
  'REPAIR',
  'WHILE_IN_USE',
  'ALL',
  'FETCH',
].map((name) => prefix + name);

/**
 * A variable that is empty counts as not set, and a switch that says 0, false or no is off: commander takes any value
 * for yes.
 */
export function dropEmptyVariables(environment: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith(prefix)) continue;
    if (value === '' || (switches.includes(name) && /^(?:0|false|no|off)$/i.test(value ?? ''))) delete environment[name];
  }
}
