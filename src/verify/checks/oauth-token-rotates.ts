import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows } from '../found-rows.ts';

export const oauthTokenRotates: Check = {
  code: 'oauth-token-rotates',
  group: 'outside',
  severity: 'note',
  looksFor: 'OAuth sessions of MCP servers with a refresh token.',
  effect:
    'Refresh tokens are used up: one from a restored row may have been used already, and two servers with the same one invalidate each other (letta-server.md §12).',
  run: async (context) => {
    if (!has(context, 'mcp_oauth', 'id', 'refresh_token')) return [];
    const encrypted = has(context, 'mcp_oauth', 'refresh_token_enc') ? `or coalesce(t.refresh_token_enc, '') <> ''` : '';
    const found = await findRows(
      context.session,
      `select t.id from ${qualified(context.home, null, 'mcp_oauth')} t where coalesce(t.refresh_token, '') <> '' ${encrypted}`,
    );
    return findingOf(oauthTokenRotates, found, () => ({
      where: 'mcp_oauth.refresh_token',
      message: `${formatCountOf(found.count, 'OAuth session')} of MCP servers with a refresh token`,
      why: 'What a token is worth is decided elsewhere: after a restore the server may have to be connected anew, and a second server on a copy can cut off the first.',
      repair: 'After a restore, connect these MCP servers again where they answer 401. On a copy for a rehearsal, clear the tokens first.',
    }));
  },
};
