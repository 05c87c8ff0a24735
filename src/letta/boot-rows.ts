import { releases, revisionInfo } from './catalogue.ts';
import { defaultOrganization, defaultUser } from './default-actor.ts';

/** Rows that a Letta server writes by itself whenever it starts, whether anybody uses it or not. */
export interface BootRule {
  table: string;
  /** First release that does so; null: all that the catalogue knows. */
  since: string | null;
  /** What the row looks like: column → one of these values (null: NULL). */
  where: Readonly<Record<string, readonly (string | null)[]>>;
  /** A row that was there already is left alone by `insert`. */
  writes: 'insert' | 'insert or update';
  /** In plain words. */
  what: string;
}

/**
 * Seen with real servers 0.11.3, 0.16.2 and 0.16.8, and read in their `init_async` (letta-server.md §10.1). Nothing is
 * deleted by a boot: providers and models that are not enabled any more are marked as deleted.
 */
export const bootRules: readonly BootRule[] = [
  { table: 'organizations', since: null, where: { id: [defaultOrganization] }, writes: 'insert', what: 'the default organization' },
  { table: 'users', since: null, where: { id: [defaultUser] }, writes: 'insert', what: 'the default user' },
  {
    table: 'tools',
    since: null,
    where: {
      organization_id: [defaultOrganization],
      tool_type: [
        'letta_core',
        'letta_memory_core',
        'letta_multi_agent_core',
        'letta_sleeptime_core',
        'letta_voice_sleeptime_core',
        'letta_builtin',
        'letta_files_core',
      ],
    },
    writes: 'insert or update',
    what: "the server's own tools, as its release has them",
  },
  {
    table: 'sandbox_configs',
    since: null,
    where: { organization_id: [defaultOrganization], type: ['LOCAL'] },
    writes: 'insert or update',
    what: 'where tools run on this host',
  },
  {
    table: 'sandbox_environment_variables',
    since: null,
    where: { organization_id: [defaultOrganization], key: ['COMPOSIO_API_KEY'] },
    writes: 'insert',
    what: "the server's COMPOSIO_API_KEY (0.11 and older)",
  },
  {
    table: 'providers',
    since: '0.14.0',
    where: { provider_category: ['base'], organization_id: [null] },
    writes: 'insert or update',
    what: "providers of the server's environment",
  },
  {
    table: 'provider_models',
    since: '0.14.0',
    where: { organization_id: [null] },
    writes: 'insert or update',
    what: 'models that those providers offer',
  },
];

/** The rules that hold for servers of a revision: none for one that the catalogue does not know. */
export function bootRulesAt(revision: string | null): BootRule[] {
  const position = revision === null ? undefined : revisionInfo(revision)?.position;
  if (position === undefined) return [];
  return bootRules.filter(({ since }) => since === null || position >= (positionOf(since) ?? Number.POSITIVE_INFINITY));
}

/** The columns that rules ask of a table; empty where a boot writes none of its rows. */
export function bootColumns(rules: readonly BootRule[], table: string): string[] {
  return [...new Set(rules.filter((rule) => rule.table === table).flatMap((rule) => Object.keys(rule.where)))];
}

/** The rule by which a boot wrote a row, null when it did not. `row` holds the rule's columns as text. */
export function bootRuleOf(
  rules: readonly BootRule[],
  table: string,
  row: Readonly<Record<string, string | null>>,
  isNew: boolean,
): BootRule | null {
  return (
    rules.find(
      (rule) =>
        rule.table === table &&
        (isNew || rule.writes === 'insert or update') &&
        Object.entries(rule.where).every(([column, values]) => column in row && values.includes(row[column] ?? null)),
    ) ?? null
  );
}

function positionOf(release: string): number | undefined {
  const head = releases().find(({ version }) => version === release)?.head;
  return head === undefined ? undefined : revisionInfo(head)?.position;
}
