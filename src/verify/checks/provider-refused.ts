import { isRead } from '../../letta/accepted-values.ts';
import { refusedProviderType, refusedText } from '../../letta/refused/text-columns.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';
import { loaded } from '../shape-check.ts';

export const providerRefused: Check = {
  code: 'provider-refused',
  group: 'shapes',
  severity: 'error',
  looksFor: 'A provider of models of a type or category that the release does not know, or without one.',
  effect:
    'One makes the lists of providers and of models fail; servers that list them at start do not start at all (ProviderType in letta/schemas/enums.py, cast_to_subtype).',
  run: async (context) => {
    const { release, session, home } = context;
    if (release === null || !isRead(release) || !has(context, 'providers', 'id', 'provider_type', 'provider_category')) return [];
    const category = `(t.provider_category is null or ${refusedText('t.provider_category', 'ProviderCategory', release) ?? 'false'})`;
    const found = await findRows(
      session,
      `select t.id, concat(coalesce(t.provider_type, 'no type'), ', ', coalesce(t.provider_category, 'no category')) as what
         from ${qualified(home, null, 'providers')} t
        where (${refusedProviderType(release)} or ${category}) and ${loaded(context, 'providers')}`,
    );
    return findingOf(providerRefused, found, (rows) => ({
      where: 'providers',
      message: `${formatCountOf(found.count, 'provider')} that Letta ${release} cannot load: ${someOf(rows, 'what')}`,
      why: `Letta ${release} cannot list providers or models, and may not start.`,
      repair:
        "update providers set is_deleted = true where id = …: every release passes over deleted ones, and the key goes to nobody else. A category that is missing is 'byok', a missing type the provider's name.",
    }));
  },
};
