import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { upgraded } from './early-harness.ts';
import { defaultOrganization, id } from './early-ids.ts';

const provider = (number: number, name: string, given: object = {}) => ({
  id: id('provider', number),
  name,
  api_key: `sk-made-up-${number}`,
  organization_id: defaultOrganization,
  created_at: `2025-01-0${number}`,
  ...given,
});

describe('373dabcba6cf: providers', () => {
  it('get the type that their name was, and names of their own', async () => {
    const providers = [
      provider(1, 'anthropic', { is_deleted: true, api_key: null }),
      provider(2, 'anthropic'),
      provider(3, 'anthropic'),
      provider(4, 'anthropic', { organization_id: id('org', 1) }),
      provider(5, 'my own'),
    ];
    await using built = await upgraded('28b8765bdd0a', '05c3bc564286', { providers });
    assert.deepEqual(
      (await built.query('select name, provider_type, provider_category, api_key from providers order by id')).map((row) =>
        Object.values(row),
      ),
      [
        ['anthropic_3', 'anthropic', 'byok', null],
        ['anthropic', 'anthropic', 'byok', 'sk-made-up-2'],
        ['anthropic_2', 'anthropic', 'byok', 'sk-made-up-3'],
        ['anthropic', 'anthropic', 'byok', 'sk-made-up-4'],
        ['my own', null, 'byok', 'sk-made-up-5'],
      ],
    );
    assert.deepEqual(await built.losses(), {
      'derived providers.name': [1, 3].map((number) => `id=${id('provider', number)}`),
      'derived providers.provider_type': [1, 2, 3, 4].map((number) => `id=${id('provider', number)}`),
    });
    assert.deepEqual(await built.wrong(), []);
    await built.query(`update providers set provider_type = 'openai' where name = 'my own'`);
    assert.equal((await built.wrong()).length, 1);
  });
});
