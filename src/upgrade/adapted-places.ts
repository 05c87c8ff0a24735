import { acceptedValues } from '../letta/accepted-values.ts';
import { isNothing, readable, sqlList } from '../letta/json-sql.ts';
import { compactionModes } from '../letta/refused/compaction.ts';
import { embeddingConfigTables, embeddingEndpointTypes } from '../letta/refused/embedding-config.ts';
import { effortLimits, endpointTypes, llmConfigTables } from '../letta/refused/llm-config.ts';
import { requestConfigTables } from '../letta/refused/return-types.ts';
import { messageRoles, stopReasonColumns } from '../letta/refused/text-columns.ts';
import { alterationLog } from './alterations.ts';

/**
 * The second route to a value that was adapted: it does not ask how it was made, but holds what it became against what
 * it was. SQL conditions over the log `l` (`l.original`, `l.adapted`: texts) and the row `t`; all must be true.
 */
export interface AdaptedPlace {
  table: string;
  column: string;
  /** Reason that is given when it is false → condition. */
  must: Record<string, string>;
}

const json = (text: string) => `(${readable(`(${text})::json`)})::jsonb`;
const [was, is] = [json('l.original'), json('l.adapted')];
const emptied = 'l.adapted is null';
const nothingBefore = isNothing('l.original');

/** Only these fields of an object changed; the others are what they were. */
const onlyFields = (...fields: string[]): string =>
  `(${was} - array[${fields.map((field) => `'${field}'`).join(', ')}]) = (${is} - array[${fields.map((field) => `'${field}'`).join(', ')}])`;

/** A text that the release does not accept became one that it accepts. */
function textOf(table: string, column: string, accepted: readonly string[] | null, also = 'false'): AdaptedPlace {
  if (accepted === null) return { table, column, must: { 'was changed although the release takes any': 'false' } };
  return {
    table,
    column,
    must: {
      'was changed although the release accepts it': `l.original is null or l.original not in ${sqlList(accepted)}`,
      'became a value that the release does not accept': `l.adapted in ${sqlList(accepted)} or ${also}`,
    },
  };
}

/** Every place that `adapt/` may change for this release. A place that is altered and not listed here fails the proof. */
export function adaptedPlaces(release: string): AdaptedPlace[] {
  return [
    ...textPlaces(release),
    ...configPlaces(release),
    ...messagePlaces(release),
    {
      table: 'block',
      column: 'limit',
      must: { 'is not the length of the text': 't.value is null or l.adapted::bigint = length(t.value)' },
    },
    {
      table: 'mcp_server',
      column: 'stdio_config',
      must: {
        'changed in other fields': onlyFields('server_name', 'type'),
        'lost a name or type that it had': `${is} @> (${was} - array(select k from jsonb_object_keys(${was}) k where ${was} ->> k is null))`,
      },
    },
    ...requestConfigTables.map((table): AdaptedPlace => {
      const [before, now] = [was, is].map((value) => `coalesce(${value} -> 'include_return_message_types', '[]')`);
      return {
        table,
        column: 'request_config',
        must: {
          'changed in other fields': onlyFields('include_return_message_types'),
          'asks for types that it did not ask for': `${now} <@ ${before}`,
          'lost a type that the release knows': `not exists (select from jsonb_array_elements_text(${before}) e(x)
             where e.x in ${sqlList(acceptedValues('MessageType', release) ?? [])} and not ${now} ? e.x)`,
        },
      };
    }),
  ];
}

/** Values of tools that a listing would delete the tool for (`set-aside/malformed-tools.ts`); of any release. */
export const repairedTools: readonly AdaptedPlace[] = [
  {
    table: 'tools',
    column: 'return_char_limit',
    must: {
      'is out of bounds': 'l.adapted::bigint between 1 and 1000000',
      'was in bounds': 'l.original is null or l.original::bigint not between 1 and 1000000',
    },
  },
  {
    table: 'tools',
    column: 'tags',
    must: { 'was changed although it was a list': `l.original = 'null'`, 'is not the empty list': `l.adapted = '[]'` },
  },
];

function textPlaces(release: string): AdaptedPlace[] {
  const accepted = (place: string) => acceptedValues(place, release);
  return [
    textOf('agents', 'agent_type', accepted('AgentState.agent_type')),
    textOf('jobs', 'status', accepted('Job.status')),
    textOf('runs', 'status', accepted('Run.status')),
    textOf('llm_batch_job', 'status', accepted('LLMBatchJob.status')),
    textOf('llm_batch_items', 'request_status', accepted('LLMBatchItem.request_status')),
    textOf('llm_batch_items', 'step_status', accepted('LLMBatchItem.step_status')),
    ...stopReasonColumns.map(({ table, column, place }) => textOf(table, column, accepted(place), emptied)),
    textOf('providers', 'provider_type', accepted('ProviderType')),
    {
      table: 'providers',
      column: 'provider_category',
      must: { 'was changed although there was one': 'l.original is null', 'is not byok': `l.adapted = 'byok'` },
    },
    {
      table: 'providers',
      column: 'base_url',
      must: {
        'was changed although there was one': `coalesce(l.original, '') = ''`,
        'is no address': `l.adapted ~ '^https://[a-z0-9.]+/'`,
      },
    },
    {
      table: 'providers',
      column: 'is_deleted',
      must: { 'is not marked as deleted': 'l.adapted::boolean', 'was marked before': 'not l.original::boolean' },
    },
    {
      table: 'tools',
      column: 'source_type',
      must: {
        'is not one that it knows': `l.adapted in ('python', 'typescript')`,
        'was one that it knows': `l.original not in ('python', 'typescript')`,
      },
    },
    {
      table: 'tools',
      column: 'args_json_schema',
      must: { 'was not emptied': emptied, 'had properties': `${was} -> 'properties' is null` },
    },
  ];
}

function configPlaces(release: string): AdaptedPlace[] {
  const text = (value: string, field: string) => `(${value} ->> '${field}')`;
  const llm = llmConfigTables.map((table): AdaptedPlace => {
    const efforts = effortLimits(release).filter((limit) => limit.table === table);
    return {
      table,
      column: 'llm_config',
      must: {
        'changed in other fields': onlyFields('model_endpoint_type', 'model_endpoint', 'reasoning_effort', 'effort'),
        'has a type of server that the release does not accept': `${text(is, 'model_endpoint_type')} in ${sqlList(endpointTypes(release, table))}`,
        'has another type although the release accepts what it had': `${text(was, 'model_endpoint_type')} not in ${sqlList(endpointTypes(release, table))}
           or ${text(was, 'model_endpoint_type')} = ${text(is, 'model_endpoint_type')} and ${text(was, 'model_endpoint')} is not distinct from ${text(is, 'model_endpoint')}`,
        ...Object.fromEntries(
          efforts.map(({ field, accepted, endpointType }) => [
            `has a ${field} that the release does not accept${endpointType === undefined ? '' : ` of ${endpointType}`}`,
            `${text(is, field)} is null or ${text(is, field)} in ${sqlList(accepted)}${endpointType === undefined ? '' : ` or ${text(is, 'model_endpoint_type')} <> '${endpointType}'`}`,
          ]),
        ),
      },
    };
  });
  const embedding = embeddingConfigTables.map((table): AdaptedPlace => {
    const known = `${text(is, 'embedding_endpoint_type')} in ${sqlList(embeddingEndpointTypes(release))}`;
    const nowhere = `${text(is, 'embedding_endpoint')} like 'https://%.invalid/%'`;
    return {
      table,
      column: 'embedding_config',
      must: {
        'has a provider that the release does not know': known,
        'changed in other fields': `${nothingBefore} or ${onlyFields('embedding_endpoint_type', 'embedding_endpoint')}`,
        'would send texts to somebody else': `${nothingBefore} or ${nowhere}`,
        // Where there was none, it is what another row already has, or goes nowhere.
        'is made up': `not ${nothingBefore} or ${nowhere}${['agents', 'archival_passages', 'sources']
          .map((other) => ` or exists (select from ${other} x where x.embedding_config::text = l.adapted and (x.id <> t.id))`)
          .join('')}`,
      },
    };
  });
  return [
    ...llm,
    ...embedding,
    {
      table: 'agents',
      column: 'compaction_settings',
      must: {
        'changed in other fields': `${emptied} or ${onlyFields('mode', 'model_settings', 'prompt', 'model')}`,
        'has a mode that the release does not accept': `${emptied} or ${text(is, 'mode')} is null or ${text(is, 'mode')} in ${sqlList(compactionModes(release))}`,
        'has a model that is not the agent’s': `${emptied} or ${text(is, 'model')} is not distinct from ${text(was, 'model')} or ${text(is, 'model')} = t.llm_config ->> 'handle'`,
      },
    },
    { table: 'conversations', column: 'model_settings', must: { 'was not emptied': emptied } },
    {
      table: 'agents',
      column: 'tool_rules',
      must: {
        'has rules that it did not have': `(select count(*) from jsonb_array_elements(${is}) n(r) where not exists
           (select from jsonb_array_elements(${was}) o(r) where (o.r - 'type') @> (n.r - 'type'))) = 0`,
        'has more rules than before': `jsonb_array_length(${is}) <= jsonb_array_length(${was})`,
      },
    },
  ];
}

function messagePlaces(release: string): AdaptedPlace[] {
  const list = (value: string, name: string) =>
    `jsonb_array_elements(case jsonb_typeof(${value}) when 'array' then ${value} else '[]' end) with ordinality ${name}(x, n)`;
  const returns = (column: string): AdaptedPlace => ({
    table: 'messages',
    column,
    must: {
      'has more or fewer returns': `jsonb_array_length(${is}) = jsonb_array_length(${was})`,
      'changed in other fields': `not exists (select from ${list(was, 'o')} join ${list(is, 'k')} on k.n = o.n where (o.x - 'func_response') <> (k.x - 'func_response'))`,
      'returns something other than a text': `not exists (select from ${list(is, 'k')} where jsonb_typeof(k.x -> 'func_response') not in ('string', 'null'))`,
    },
  });
  return [
    {
      table: 'messages',
      column: 'role',
      must: {
        'was changed although it was neither a summary nor an approval': `l.original in ('summary', 'approval')`,
        'became a role that the release does not accept': `l.adapted in ${sqlList(messageRoles(release))}`,
      },
    },
    {
      table: 'messages',
      column: 'content',
      must: {
        'is not one text': `jsonb_array_length(${is}) = 1 and ${is} -> 0 ->> 'type' = 'text' and ${is} -> 0 ->> 'text' is not null`,
      },
    },
    returns('tool_returns'),
    returns('approvals'),
    {
      table: 'agents',
      column: 'message_ids',
      must: {
        'is not what is left of the messages in their order': `${is} = (select coalesce(jsonb_agg(o.x order by o.n), '[]') from ${list(was, 'o')} where ${is} @> o.x)`,
        'lost messages that were no approvals': `not exists (select from ${list(was, 'o')} join messages m on m.id = o.x #>> '{}'
           where not ${is} @> o.x and m.role <> 'approval' and not exists (select from ${alterationLog} r
             where r.table_name = 'messages' and r.column_name = 'role' and r.id = m.id and r.original = 'approval'))`,
      },
    },
  ];
}
