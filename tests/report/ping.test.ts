import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Output } from '../../src/report/output.ts';
import { JsonOutput } from '../../src/report/output-json.ts';
import { Ping } from '../../src/report/ping.ts';
import { parsePingUrl, pingAddress } from '../../src/report/ping-url.ts';
import { redact } from '../../src/report/redact.ts';
import { sendPing } from '../../src/report/send-ping.ts';
import { monitor } from './monitor.ts';
import { Memory } from './sinks.ts';

const uuid = '5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278';
const output = (): Output => new JsonOutput({ stdout: new Memory(), stderr: new Memory(), quiet: false, verbose: false });
const userAgent = 'test';

test('addresses: the signal stands before the query, which is kept; what is no such address is refused', () => {
  const told = (text: string, signal: 'start' | 'success' | 'fail') => pingAddress(parsePingUrl(text) as URL, signal, uuid).href;
  assert.equal(told('https://hc-ping.com/x', 'start'), `https://hc-ping.com/x/start?rid=${uuid}`);
  assert.equal(told('https://hc-ping.com/x/', 'fail'), `https://hc-ping.com/x/fail?rid=${uuid}`);
  assert.equal(told('https://hc-ping.com/key/slug?create=1#y', 'success'), `https://hc-ping.com/key/slug?create=1&rid=${uuid}`);
  for (const text of ['', 'hc-ping.com/x', 'file:///etc/passwd', 'ftp://h/x', 'https://u:p@h/x', 'javascript:1'])
    assert.equal(parsePingUrl(text), null);
});

test('it is told that work began, and that it went well, with the end of what was shown', async () => {
  await using seen = await monitor();
  const ping = new Ping(new URL(`${seen.url}/ping/${uuid}`), 'backup', output(), '0.1.0');
  ping.output.summary({ fields: {}, tone: 'good', title: 'It is saved', facts: [['rows', '1,005']] });
  ping.output.table({
    type: 'repair',
    columns: [{ title: 'what' }],
    rows: [{ cells: ['mend'], below: ["UPDATE agents SET system = 'a value of a row'"], fields: {} }],
    empty: '',
    confidential: true,
  });
  ping.output.document({ type: 'kit', text: 'a secret document', fields: {} });
  assert.equal(await ping.end(0), null);
  assert.deepEqual(
    seen.told.map(({ method, path, agent }) => [method, path, agent]),
    [
      ['POST', `/ping/${uuid}/start`, 'letta-lifeboat/0.1.0'],
      ['POST', `/ping/${uuid}`, 'letta-lifeboat/0.1.0'],
    ],
  );
  assert.equal(seen.told[1]?.body, 'lifeboat backup: exit code 0\nIt is saved\n  rows  1,005\nwhat\nmend\n');
  assert.match(seen.told[0]?.query.get('rid') ?? '', /^[0-9a-f-]{36}$/);
  assert.equal(seen.told[0]?.query.get('rid'), seen.told[1]?.query.get('rid'));
});

test('a failure is told with its exit code and the last 10 kB of the log, without passwords and colours', async () => {
  await using seen = await monitor();
  const ping = new Ping(new URL(`${seen.url}/x`), 'drill', output(), '0.1.0');
  for (let line = 0; line < 2000; line++) ping.output.summary({ fields: {}, tone: 'bad', title: `line ${line} größer`, facts: [] });
  ping.output.summary({
    fields: {},
    tone: 'bad',
    title: '\u001b[31mpostgresql://letta:s3cret@db/letta\u001b[0m did not answer',
    facts: [],
  });
  await ping.end(4);
  const { path, body } = seen.told.at(-1) ?? { path: '', body: '' };
  assert.equal(path, '/x/fail');
  assert.match(body, /^lifeboat drill: exit code 4\nline \d+ größer\n/);
  assert.match(body, /line 1999 größer\npostgresql:\/\/letta:…@db\/letta did not answer\n$/);
  assert.ok(Buffer.byteLength(body) <= 10_000 && Buffer.byteLength(body) > 9000, String(Buffer.byteLength(body)));
  assert.ok(!body.includes('s3cret'));
});

test('trouble on the other side is tried again, a refusal is not; neither names the address', async () => {
  let answers = [500, 429, 200];
  await using busy = await monitor((_, response) => response.writeHead(answers.shift() ?? 200).end());
  assert.equal(await sendPing(new URL(`${busy.url}/${uuid}`), 'b', { userAgent }), null);
  assert.deepEqual(
    busy.told.map(({ body }) => body),
    ['b', 'b', 'b'],
  );
  answers = [404];
  const reason = await sendPing(new URL(`${busy.url}/${uuid}`), 'b', { userAgent });
  assert.equal(reason, 'it answered 404');
  assert.equal(busy.told.length, 4);

  await using unknown = await monitor((_, response) => response.end('OK (not found)'));
  assert.equal(await sendPing(new URL(unknown.url), '', { userAgent }), 'it answered OK, but not found');
});

test('nobody there, or one that does not answer: said without the address, and given up', { timeout: 60_000 }, async () => {
  const gone = await monitor();
  await gone[Symbol.asyncDispose]();
  assert.equal(await sendPing(new URL(`${gone.url}/${uuid}`), '', { userAgent }), 'ECONNREFUSED');

  await using silent = await monitor(() => {});
  const giveUp = AbortSignal.timeout(300);
  assert.equal(await sendPing(new URL(silent.url), '', { userAgent, signal: giveUp }), 'it was not waited for');
});

test('redirects are followed with the body, three of them, and never to another kind of address', async () => {
  await using end = await monitor();
  await using way = await monitor(({ path }, response) => {
    const left = Number(path.slice(1));
    response.writeHead(308, { location: left === 0 ? `${end.url}/end` : `/${left - 1}` }).end();
  });
  assert.equal(await sendPing(new URL(`${way.url}/2`), 'the body', { userAgent }), null);
  assert.deepEqual([end.told[0]?.path, end.told[0]?.body], ['/end', 'the body']);
  assert.match((await sendPing(new URL(`${way.url}/3`), '', { userAgent })) ?? '', /redirects more than 3 times/);
  await using elsewhere = await monitor((_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end());
  assert.match((await sendPing(new URL(elsewhere.url), '', { userAgent })) ?? '', /not followed/);
  assert.equal(elsewhere.told.length, 1);
});

test('the address is taken out of whatever names it', () => {
  for (const secret of [
    `https://hc-ping.com/${uuid}/fail?rid=1`,
    'https://hc-ping.com/fqOOd6-F4MMNuCEnzTU01w/backup',
    `http://monitor:8000/ping/${uuid}`,
  ]) {
    const shown = redact(`cannot reach "${secret}" now`);
    assert.match(shown, /^cannot reach "https?:\/\/[\w.:-]+\/(ping\/)?…" now$/);
  }
  const agent = `http://localhost:8283/v1/agents/agent-${uuid}`;
  assert.equal(redact(agent), agent);
});
