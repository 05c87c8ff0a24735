import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import type { ProofAgent } from '../../../src/drill/proof.ts';
import { drillPage } from '../../../src/drill/report/page.ts';
import { monitor } from '../../report/monitor.ts';
import { failedProof, sampleProof } from '../proofs.ts';
import { hostileProof, hostileTexts } from './hostile.ts';

const executablePath = process.env.LIFEBOAT_TEST_CHROMIUM ?? '/usr/bin/chromium';
const skip = existsSync(executablePath) ? false : `there is no Chromium at ${executablePath} (LIFEBOAT_TEST_CHROMIUM names another)`;
const flags =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

/** The page in a real browser: what a reader sees, and that nothing of it runs or leaves. */
describe('a drill’s page in Chromium', { skip }, () => {
  let directory: string;
  let browser: BrowserContext;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lifeboat-browser-'));
    browser = await chromium.launchPersistentContext(join(directory, 'profile'), {
      executablePath,
      headless: true,
      args: flags.split(' '),
    });
  });
  after(async () => {
    await browser?.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** Opens a page and keeps account of what it does beyond being shown. */
  const open = async (source: string) => {
    const file = join(directory, `page-${Math.random()}.html`);
    await writeFile(file, source);
    const page = await browser.newPage();
    const did: string[] = [];
    page.on('request', (request) => void (request.url() === pathToFileURL(file).href || did.push(`request ${request.url()}`)));
    page.on('dialog', (dialog) => {
      did.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('pageerror', (error) => void did.push(`error ${error.message}`));
    page.on('console', (message) => void did.push(`console ${message.text()}`));
    await page.goto(pathToFileURL(file).href);
    return { page, did };
  };
  const wide = async (page: Page) => (await page.evaluate('document.documentElement.scrollWidth')) as number;

  it('shows the verdict, the agents and the repairs; nothing is requested and nothing runs', async () => {
    const { page, did } = await open(drillPage([sampleProof()]));
    assert.equal(await page.title(), 'Proven: restore of letta');
    const text = await page.locator('body').innerText();
    for (const words of [
      '✓ Proven: letta comes back',
      '18 of 18',
      'thoth_main_orchestrator',
      "WHERE id = 'file-1d2c3b4a",
      'Can the proof fail?',
    ])
      assert.ok(text.includes(words), words);
    assert.equal(await page.locator('.track i').count(), sampleProof().phases.length);
    assert.deepEqual(did, []);
    await page.close();
  });

  it('hostile names are shown as they are written, and do nothing', async () => {
    const { page, did } = await open(drillPage([hostileProof()]));
    await page.mouse.move(100, 300);
    const names = await page.locator('td.agent bdi').allInnerTexts();
    assert.equal(names.length, hostileTexts.length);
    assert.ok(names.includes(hostileTexts[0] ?? ''));
    assert.ok(names.includes('&lt;script&gt;'));
    assert.ok(names.includes('שלום עולם'));
    assert.ok((await page.title()).startsWith('Failed: restore of <script>'));
    assert.equal(await page.locator('script, img, iframe, svg, form, object, embed').count(), 0);
    assert.deepEqual(did, []);
    await page.close();
  });

  it('would a script be there, the policy of the page would stop it', async () => {
    await using outside = await monitor();
    const planted = `<main><script>document.title = "ran"; fetch("${outside.url}/fetched")</script><img src="${outside.url}/x">`;
    const opened = await open(drillPage([sampleProof()]).replace('<main>', planted));
    await opened.page.waitForTimeout(300);
    assert.equal(await opened.page.title(), 'Proven: restore of letta');
    assert.deepEqual(outside.told, []);
    assert.equal(opened.did.filter((what) => /^console .*Content Security Policy/.test(what)).length, 2, opened.did.join('\n'));
    await opened.page.close();
  });

  it('fits a telephone and a wide screen, light and dark', async () => {
    for (const proof of [sampleProof(), failedProof(), hostileProof()]) {
      const { page } = await open(drillPage([proof]));
      const grounds = new Set<string>();
      for (const width of [390, 1280]) {
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 800 });
          assert.equal(await wide(page), width);
          grounds.add((await page.evaluate('getComputedStyle(document.body).backgroundColor')) as string);
        }
      }
      assert.equal(grounds.size, 2);
      await page.close();
    }
  });

  it('prints dark on white, with all agents', async () => {
    const proof = sampleProof();
    const agents = Array.from({ length: 150 }, (_, index) => ({ ...(proof.agents[0] as ProofAgent), name: `agent number ${index}` }));
    const { page } = await open(drillPage([{ ...proof, agents }]));
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    assert.equal(await page.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(255, 255, 255)');
    assert.equal(await page.evaluate('getComputedStyle(document.body).color'), 'rgb(23, 33, 43)');
    const box = await page.getByText('agent number 149').boundingBox();
    assert.ok(box && box.height > 0);
    await page.close();
  });
});
