import type { Scenario } from '../scenarios.ts';

/** Providers, MCP servers, sandboxes and what servers keep besides. */
export const catalogueScenarios: readonly Scenario[] = [
  { name: 'provider of no organization', needs: ['provider_models'], proof: 'select 1 from providers where organization_id is null' },
  {
    name: 'two providers of no organization with one name',
    needs: ['provider_models'],
    enters: '2dbb2cf49e07',
    proof: 'select 1 from providers where organization_id is null group by name having count(*) > 1',
  },
  {
    name: 'providers of one organization with one name',
    needs: ['providers'],
    to: 62,
    enters: '373dabcba6cf',
    proof: 'select 1 from providers group by organization_id, name having count(*) > 1',
  },
  { name: 'provider that is soft-deleted', needs: ['providers'], proof: 'select 1 from providers where is_deleted' },
  {
    name: 'MCP server at a public, a private and no address',
    needs: ['mcp_server'],
    proof: `select 1 from mcp_server having bool_or(server_url like 'https://mcp%') and bool_or(server_url like 'http://10.%') and bool_or(server_url is null)`,
  },
  {
    name: 'MCP server by standard input',
    needs: ['mcp_server'],
    proof: `select 1 from mcp_server where server_type = 'stdio' and stdio_config is not null`,
  },
  { name: 'MCP session of no server', needs: ['mcp_oauth'], proof: 'select 1 from mcp_oauth where server_id is null' },
  {
    name: 'MCP tool that leads nowhere',
    needs: ['mcp_tools'],
    proof: 'select 1 from mcp_tools m where not exists (select from mcp_server s where s.id = m.mcp_server_id)',
  },
  {
    name: 'source kept elsewhere',
    needs: ['sources.vector_db_provider'],
    proof: `select 1 from sources where vector_db_provider::text in ('PINECONE', 'TPUF') having count(distinct vector_db_provider) = 2`,
  },
  { name: 'organization that is soft-deleted', needs: ['organizations'], proof: 'select 1 from organizations where is_deleted' },
  {
    name: 'API token of a user who is gone',
    needs: ['tokens'],
    enters: '4e88e702f85e',
    proof: 'select 1 from tokens t where not exists (select from users u where u.id = t.user_id)',
  },
  { name: 'API token', needs: ['tokens'], enters: '4e88e702f85e', proof: 'select 1 from tokens t join users u on u.id = t.user_id' },
  { name: 'tool with a module', needs: ['tools.module'], enters: '22a6e413d89c', proof: `select 1 from tools where module <> ''` },
  {
    name: 'trace that PostgreSQL cannot read as JSON',
    needs: ['provider_traces'],
    proof: `select 1 from provider_traces where request_json::text like '%\\u0000%'`,
  },
  {
    name: 'providers before they had a category',
    needs: ['providers'],
    lacks: ['providers.provider_category'],
    enters: '878607e41ca4',
    proof: `select 1 from providers`,
  },
];
