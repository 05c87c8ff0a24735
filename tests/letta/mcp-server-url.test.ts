import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { refusedMcpUrl } from '../../src/letta/mcp-server-url.ts';

/** What `validate_mcp_server_url(…, resolve_hostname=False)` of the installed 0.16.8 says. */
const accepted = [
  'https://mcp.example.com/sse',
  'HTTP://Example.com',
  ' http://example.com',
  'http://exa mple.com',
  'http://ex\tample.com',
  'http://mcp',
  'http://local',
  'https://sub.localhost/',
  'http://host.docker.internal:3000',
  'http://user@example.com',
  'http://a#b',
  'http://..',
  'http://{{ HOST }}/',
  'http://8.8.8.8.',
  'http://1.1.1.1/mcp',
  'http://172.32.0.1',
  'http://224.0.0.1',
  // Not addresses in Python's eyes:
  'http://127.1:3000',
  'http://2130706433/',
  'http://010.0.0.1/',
  'http://[2606:4700::1111]/',
  'http://[1080:0:0:0:8:800:200C:417A]/index',
  'http://[::ffff:8.8.8.8]/',
  'http://[64:ff9b::1]/',
  'http://[fec0::1]/',
  'http://[v1.fe80]/',
];
const refused = [
  ...[
    '',
    'ftp://x.com',
    '//x.com/a',
    'x.com',
    'http://',
    'http:///path',
    'http://?x=1',
    '{{ MCP_URL }}/sse',
    'http://[::1',
    'http://[zz]/',
  ],
  ...['http://@/', 'http://:80/'],
  ...['https://localhost/mcp', 'https://LOCALHOST./mcp', 'http://metadata.google.internal', 'http://printer.local/', 'http://foo.local.'],
  ...['http://a.localdomain', 'http://nas.home.arpa', 'http://mcp.default.svc:80', 'http://mcp.default.svc.cluster.local'],
  ...['http://127.0.0.1:3000', 'http://10.1.2.3', 'http://172.16.0.1', 'http://192.168.1.4:8000/mcp', 'http://169.254.169.254/'],
  ...['http://100.64.0.1', 'http://0.0.0.0:1', 'http://255.255.255.255', 'http://user:pw@10.0.0.1/', 'http://example.com\\@127.0.0.1/'],
  ...[
    'http://[::1]:3000/',
    'http://[fe80::1%25eth0]/',
    'http://[2001:db8::1]/',
    'http://[100::1]/',
    'http://[fd00::1]/',
    'http://[::ffff:10.0.0.1]/',
  ],
  // Refused by newer patches of Python 3.11 only:
  ...['http://192.0.0.20', 'http://[2002:101::1]/'],
];

describe('refusedMcpUrl', () => {
  it('says of 0.16.7 and later what the server says', () => {
    for (const release of ['0.16.7', '0.16.8']) {
      assert.deepEqual(
        accepted.filter((url) => refusedMcpUrl(url, release) !== null),
        [],
      );
      assert.deepEqual(
        refused.filter((url) => refusedMcpUrl(url, release) === null),
        [],
      );
      assert.equal(refusedMcpUrl(null, release), null);
    }
  });

  it('asks only for http and a host from 0.16.2 to 0.16.6, and for nothing before', () => {
    assert.deepEqual(
      refused.filter((url) => refusedMcpUrl(url, '0.16.6') !== null),
      [
        '',
        'ftp://x.com',
        '//x.com/a',
        'x.com',
        'http://',
        'http:///path',
        'http://?x=1',
        '{{ MCP_URL }}/sse',
        'http://[::1',
        'http://[zz]/',
      ],
    );
    assert.ok(refusedMcpUrl('ftp://x.com', '0.16.2'));
    assert.equal(refusedMcpUrl('http://127.0.0.1', '0.16.2'), null);
    assert.equal(refusedMcpUrl('ftp://x.com', '0.16.1'), null);
  });
});
