import { shapeCheck } from '../shape-check.ts';

/** SQL of a text[]: a value that is neither of that kind nor null. */
const kind =
  (type: 'array' | 'object') =>
  (json: string): string =>
    `case when ${json} is not null and jsonb_typeof(${json}) not in ('${type}', 'null') then array['a JSON ' || jsonb_typeof(${json})] else '{}'::text[] end`;

/** The same where null is refused as well. */
const always =
  (type: 'array' | 'object') =>
  (json: string): string =>
    `case when ${json} is not null and jsonb_typeof(${json}) <> '${type}' then array['a JSON ' || jsonb_typeof(${json})] else '{}'::text[] end`;

/** Tables with `metadata_`: an object or nothing, in every release's model. Tools are looked at by checks of their own. */
const withMetadata = ['agents', 'archives', 'archival_passages', 'block', 'jobs', 'mcp_server', 'runs', 'source_passages', 'sources'];

export const jsonKindRefused = shapeCheck({
  code: 'json-kind-refused',
  severity: 'error',
  looksFor: 'A list where the server expects an object, or the other way round: metadata, message_ids, agent_ids, tags, properties.',
  effect: 'The row cannot be loaded, nor any list that it is in (letta-server.md §4).',
  places: () => [
    { table: 'agents', column: 'message_ids', problems: kind('array') },
    { table: 'groups', column: 'agent_ids', problems: always('array') },
    { table: 'identities', column: 'properties', problems: always('array') },
    ...['archival_passages', 'source_passages'].map((table) => ({ table, column: 'tags', problems: kind('array') })),
    ...withMetadata.map((table) => ({ table, column: 'metadata_', problems: kind('object') })),
  ],
  why: (release) => `Letta ${release} fails when it loads such a row, and with it every list that the row is in.`,
  repair: 'Write a value of the right kind, with the same content; {} or [] where there is none.',
});
