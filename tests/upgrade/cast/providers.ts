import { defaultOrganization, defaultUser, idOf } from '../names.ts';
import { plainThatLooksSealed, sealedWithLostKey, secrets } from '../secrets.ts';
import type { Given, World } from '../world.ts';
import { otherOrganization } from './people.ts';

/** Model providers, MCP servers and sandboxes: what has secrets, but for those of agents. */
export function providers(world: World): void {
  const { providerKey } = secrets;
  const mayLackOrganization = world.table('providers')?.columns.some(({ name, notNull }) => name === 'organization_id' && !notNull);
  const base = mayLackOrganization ? null : defaultOrganization;
  const provider = (name: string, given: Given = {}) =>
    world.add('providers', {
      id: idOf('providers', name),
      name,
      organization_id: defaultOrganization,
      api_key: null,
      api_key_enc: null,
      ...given,
    });
  provider('base openai', { name: 'openai', organization_id: base, provider_type: 'openai', provider_category: 'base', api_key: '' });
  provider('mine', { provider_category: 'byok', api_key: providerKey.plain, access_key: 'AKIAIOSFODNN7EXAMPLE', region: 'eu-1' });
  provider('sealed', { provider_category: 'byok', api_key_enc: providerKey.sealed, access_key_enc: providerKey.sealed });
  provider('both', { provider_category: 'byok', api_key: providerKey.plain, api_key_enc: providerKey.sealed });
  provider('plain in enc', { provider_category: 'byok', api_key_enc: providerKey.plain, access_key_enc: plainThatLooksSealed });
  provider('key lost', { provider_category: 'byok', api_key_enc: sealedWithLostKey });
  provider('deleted', { is_deleted: true, api_key: '' });
  provider('mine elsewhere', { name: 'mine', organization_id: otherOrganization, provider_category: 'byok', api_key: providerKey.plain });
  if (mayLackOrganization) provider('base openai again', { name: 'openai', organization_id: null, is_deleted: true });
  // Names became unique in 0.7.8.
  if (world.table('providers')?.uniques.length === 0) provider('mine again', { name: 'mine', api_key: 'sk-another' });
  const openai = idOf('providers', 'base openai');
  world.add('provider_models', {
    handle: 'openai/gpt-4o-mini',
    name: 'gpt-4o-mini',
    provider_id: openai,
    model_type: 'llm',
    organization_id: null,
  });
  world.add('provider_models', {
    handle: 'openai/old',
    name: 'old',
    provider_id: openai,
    model_type: 'llm',
    organization_id: null,
    is_deleted: true,
  });

  mcp(world);
  sandboxes(world);
}

function mcp(world: World): void {
  const { token, headers } = secrets;
  const server = (name: string, given: Given = {}) =>
    world.add('mcp_server', {
      id: idOf('mcp_server', name),
      server_name: name,
      organization_id: defaultOrganization,
      server_url: null,
      custom_headers: null,
      ...given,
    });
  server('public', { server_type: 'sse', server_url: 'https://mcp.example.org/sse', token: token.plain, custom_headers: headers.plain });
  server('private', {
    server_type: 'streamable_http',
    server_url: 'http://10.0.0.7:8000/mcp',
    token_enc: token.sealed,
    custom_headers_enc: headers.sealed,
  });
  server('loopback', {
    server_type: 'sse',
    server_url: 'http://localhost:1/sse',
    token: token.plain,
    token_enc: token.sealed,
    custom_headers: 'null',
  });
  server('local', { server_type: 'stdio', token: '' });
  server('plain in enc', { server_type: 'sse', server_url: '', token_enc: token.plain, custom_headers_enc: headers.plain });
  const session = (name: string, given: Given = {}) =>
    world.add('mcp_oauth', {
      id: idOf('mcp_oauth', name),
      state: name,
      server_id: idOf('mcp_server', 'public'),
      server_url: 'https://mcp.example.org/sse',
      server_name: 'public',
      user_id: defaultUser,
      organization_id: defaultOrganization,
      ...given,
    });
  session('plain', {
    status: 'authorized',
    access_token: token.plain,
    refresh_token: token.plain,
    client_secret: token.plain,
    authorization_code: token.plain,
  });
  session('sealed', {
    status: 'authorized',
    access_token_enc: token.sealed,
    refresh_token_enc: token.sealed,
    client_secret_enc: token.sealed,
    authorization_code_enc: token.sealed,
  });
  session('pending', { status: 'pending', server_id: null, state: 's'.repeat(255) });
  world.add('mcp_tools', { mcp_server_id: idOf('mcp_server', 'public'), tool_id: idOf('tools', 'weather') });
  world.add('mcp_tools', { mcp_server_id: idOf('mcp_server', 'gone'), tool_id: idOf('tools', 'gone') });
}

function sandboxes(world: World): void {
  const { value } = secrets;
  for (const label of world.model.enums.find(({ name }) => name === 'sandboxtype')?.labels ?? []) {
    world.add('sandbox_configs', {
      id: idOf('sandbox_configs', label),
      type: label,
      organization_id: defaultOrganization,
      config: { timeout: 180 },
    });
  }
  const variable = (key: string, given: Given) =>
    world.add('sandbox_environment_variables', { key, sandbox_config_id: idOf('sandbox_configs', 'LOCAL'), value_enc: null, ...given });
  variable('PLAIN', { value: value.plain });
  variable('SEALED', { value: '', value_enc: value.sealed });
  variable('BOTH', { value: value.plain, value_enc: value.sealed });
  variable('EMPTY', { value: '' });
}

/** Agents’ own variables: the only secrets that no migration of Letta ever encrypts. */
export function agentSecrets(world: World): void {
  const { value } = secrets;
  const variable = (key: string, given: Given) =>
    world.add('agent_environment_variables', { key, agent_id: idOf('agents', 'Ada'), value_enc: null, description: null, ...given });
  variable('PLAIN', { value: value.plain });
  variable('SEALED', { value: '', value_enc: value.sealed });
  variable('BOTH', { value: value.plain, value_enc: value.sealed });
  variable('PLAIN_IN_ENC', { value: '', value_enc: value.plain });
  variable('KEY_LOST', { value: '', value_enc: sealedWithLostKey });
  variable('EMPTY', { value: '' });
  variable('DELETED', { value: value.plain, is_deleted: true });
}
