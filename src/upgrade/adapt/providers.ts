import { acceptedValues } from '../../letta/accepted-values.ts';
import { jsonText, sqlList } from '../../letta/json-sql.ts';
import { refusedProviderType } from '../../letta/refused/text-columns.ts';
import { change } from './change.ts';
import type { AdaptRule } from './rule.ts';

/** Where these providers answer when the row says nothing (`base_url` in `letta/schemas/providers/`, 0.16.8); all speak like OpenAI. */
const addresses = {
  zai: 'https://api.z.ai/api/paas/v4/',
  zai_coding: 'https://api.z.ai/api/coding/paas/v4/',
  openrouter: 'https://openrouter.ai/api/v1',
  baseten: 'https://inference.baseten.co/v1',
};

/** The same, but only the row knows where. */
const withAddress = [...Object.keys(addresses), 'sglang', 'fireworks'];

/**
 * Letta's own migrations added type (373dabcba6cf) and category (878607e41ca4) without values for the rows that were there, and no
 * server loads a provider without: 0.16.8, which lists them at start, does not start at all.
 *
 * One provider of an unknown type makes the whole list fail, and with it the list of models (`ProviderType` in
 * `letta/schemas/enums.py`, `cast_to_subtype`). A key of the user's own goes on working where the provider speaks like OpenAI's; all others
 * are soft-deleted, which every release respects for providers, so that their keys go to nobody else.
 */
export const providersRule: AdaptRule = {
  name: 'providers',
  applies: () => true,
  run: async (built, release) => {
    const types = sqlList(acceptedValues('ProviderType', release) ?? []);
    const unknown = refusedProviderType(release);
    const goesOn = `t.provider_category = 'byok' and t.provider_type in ${sqlList(withAddress)} and coalesce(t.base_url, '') <> ''`;
    return [
      ...(await change(built, {
        class: 'derived',
        table: 'providers',
        column: 'provider_category',
        set: `'byok'`,
        where: 't.provider_category is null',
        reason: `Letta ${release} cannot load a provider without a category, newer servers do not even start; those that an upgrade to 0.7.11 left without one came through the API, which writes byok`,
      })),
      ...(await change(built, {
        class: 'derived',
        table: 'providers',
        column: 'provider_type',
        set: 't.name',
        where: `t.provider_type is null and t.name in ${types}`,
        reason: `Letta ${release} cannot load a provider without a type, newer servers do not even start; those that an upgrade to 0.7.8 left without one are of the type that they are named after`,
      })),
      ...(await change(built, {
        class: 'derived',
        table: 'providers',
        column: 'base_url',
        set: `${jsonText(addresses)}::jsonb ->> t.provider_type`,
        where: `${unknown} and t.provider_category = 'byok' and coalesce(t.base_url, '') = '' and t.provider_type in ${sqlList(Object.keys(addresses))}`,
        reason: `Letta ${release} does not know where this provider is: its address is written down`,
      })),
      ...(await change(built, {
        class: 'set aside',
        table: 'providers',
        column: 'is_deleted',
        set: 'true',
        where: `${unknown} and not coalesce(${goesOn}, false) and not t.is_deleted`,
        reason: `Letta ${release} does not know this type of provider and could not list any: it is marked as deleted, so that its key is not sent to anybody else`,
        wayBack:
          'update providers set is_deleted = false, provider_type = <its former type> where id = <id>, once the server knows the type',
      })),
      ...(await change(built, {
        class: 'dropped',
        table: 'providers',
        column: 'provider_type',
        set: `'openai'`,
        where: unknown,
        reason: `Letta ${release} does not know this type of provider and could not list any: it becomes openai, with an address of its own or marked as deleted`,
      })),
    ];
  },
};
