import { byAge, distinctNames } from '../distinct-names.ts';
import type { RevisionStep } from '../revision-step.ts';

/** `0.7.8 letta/schemas/enums.py`, ProviderType. */
const types = [
  'anthropic',
  'google_ai',
  'google_vertex',
  'openai',
  'letta',
  'deepseek',
  'lmstudio_openai',
  'xai',
  'mistral',
  'ollama',
  'groq',
  'together',
  'azure',
  'vllm',
  'bedrock',
];

/**
 * 0.7.8, providers. Upstream adds `provider_type` without a value, though its own server fails on a provider without one,
 * and aborts on two providers of one name, which a deleted one beside its successor is enough for. Until then a
 * provider's name was its type (`0.7.7 letta/services/provider_manager.py`, get_anthropic_override_key): we take it where it
 * is a type that Letta knows. The provider in use keeps its name, others are numbered.
 */
export const step: RevisionStep = {
  revision: '373dabcba6cf',
  up: (state) => {
    const providers = state.rows('providers', ['id', 'name', 'organization_id', 'created_at', 'is_deleted']);
    const names = distinctNames({
      table: 'providers',
      column: 'name',
      within: (row) => [`${row}.organization_id`],
      order: (row) => [`${row}.is_deleted`, ...byAge(row)],
      rows: providers,
    });
    const known = types.map((type) => `'${type}'`).join(', ');
    return {
      set: {
        providers: {
          join: `join ${names.rows} n on n.id = t.id`,
          columns: { name: 'n.name', provider_type: `case when t.name in (${known}) then t.name end` },
        },
      },
      moved: ['providers.name'],
      losses: [
        {
          class: 'derived',
          table: 'providers',
          column: 'name',
          reason:
            'another provider of the same organization has the same name: the oldest that is not deleted keeps it, this one has _2, _3 … behind it',
          sql: names.renamed,
        },
        {
          class: 'derived',
          table: 'providers',
          column: 'provider_type',
          reason: 'Letta 0.7.8 and later need a type: it is what the name said, since names were types until then',
          sql: `select 'id=' || p.id, null from ${providers} p where p.name in (${known})`,
        },
      ],
      checks: [
        names.check,
        {
          of: { table: 'providers', columns: ['provider_type'] },
          sql: (built) => `
            select 'id=' || p.id, 'its type is not its former name' from unnest(array[${known}]) k(type)
              full join ${providers} p on p.name = k.type join ${built('providers')} b on b.id = p.id
             where b.provider_type is distinct from k.type`,
        },
      ],
    };
  },
};
