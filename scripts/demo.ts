/**
 * `npm run demo [-- --keep]`: loses a Letta database and gets it back, with the real program and no server. Ends with
 * an exit code other than 0 if anything that it claims is not so. `--keep` leaves the databases and the vault.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { loadFixtureEmbedded } from '../tests/support/fixtures.ts';
import {
  type AgentContent,
  type AgentVerdict,
  compareAgents,
  compareTables,
  readAgentContent,
  readTableContent,
} from './demo/agent-content.ts';
import { runLifeboat } from './demo/run-lifeboat.ts';

const started = performance.now();
const directory = mkdtempSync(join(tmpdir(), 'lifeboat-demo-'));
const live = join(directory, 'letta');
const restored = join(directory, 'letta-restored');
/** How the demo's vault is named and opened. */
const opening = '--vault vault --identity identity.txt';
const keep = process.argv.includes('--keep');

class Untrue extends Error {}

/** The demo claims nothing that it did not check. */
function must(claim: boolean, otherwise: string): asserts claim {
  if (!claim) throw new Untrue(otherwise);
}

const say = (text = '') => console.log(text);
let chapter = 0;
const heading = (text: string) => say(`── ${++chapter}. ${text} ${'─'.repeat(Math.max(3, 96 - text.length))}\n`);

async function open<T>(place: string, work: (database: PGlite) => Promise<T>): Promise<T> {
  const database = await PGlite.create(place, { extensions: { vector } });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** @param line words without spaces in them */
async function lifeboat(expected: number, line: string): Promise<string> {
  const { code, output } = await runLifeboat(directory, line.split(' '));
  must(code === expected, `lifeboat ${line.split(' ')[0]} ended with exit code ${code} instead of ${expected}`);
  return output;
}

function showAgents(agents: readonly AgentContent[]): void {
  say(
    `${'agent'.padEnd(30)}${['messages', 'blocks', 'tools', 'passages', 'secrets'].map((part) => part.padStart(9)).join('')}   content (SHA-256)`,
  );
  for (const { name, kind, rows, digest } of agents) {
    const counts = ['messages', 'blocks', 'tools', 'passages', 'secrets'].map((part) => String(rows[part]).padStart(9)).join('');
    say(`${name.padEnd(30)}${counts}   ${digest.slice(0, 12)}${kind === 'agent' ? '' : `  (${kind})`}`);
  }
  say();
}

function showVerdicts(verdicts: readonly AgentVerdict[]): void {
  say(`${'agent'.padEnd(30)}${'before'.padEnd(15)}${'after'.padEnd(15)}`);
  for (const { name, kind, before, after, different } of verdicts) {
    const verdict = different.length === 0 ? 'equal' : `DIFFERENT: ${different.join(', ')}`;
    say(
      `${name.padEnd(30)}${(before?.digest.slice(0, 12) ?? 'none').padEnd(15)}${(after?.digest.slice(0, 12) ?? 'none').padEnd(15)}${verdict}${kind === 'agent' ? '' : `  (${kind})`}`,
    );
  }
  say();
}

async function demo(): Promise<void> {
  heading('A Letta 0.11.3 database');
  say('Written by a real Letta 0.11.3 server with a stand-in for the language model; all secrets in it are made up.');
  say('It runs in PGlite: PostgreSQL compiled to WebAssembly, embedded in this process. No server, no Docker.\n');
  const database = await loadFixtureEmbedded('letta-0.11.3', live);
  const agentsBefore = await readAgentContent(database);
  const tablesBefore = await readTableContent(database);
  const { rows: servers } = await database.query<{ version: string }>(`select split_part(version(), ' on ', 1) as version`);
  await database.close();
  say(
    `${servers[0]?.version}, ${tablesBefore.size} tables, ${[...tablesBefore.values()].reduce((sum, { rows }) => sum + rows, 0)} rows:\n`,
  );
  showAgents(agentsBefore);
  const sixteen = agentsBefore.filter(({ kind }) => kind === 'agent');
  must(
    sixteen.length === 16 && agentsBefore.length === 18,
    'the database does not hold the sixteen agents, the sleeptime agent and the soft-deleted one',
  );
  must(
    sixteen.some(({ name }) => name === 'AI/ML Expert'),
    'the agent with a slash in its name is not there',
  );

  heading('Back it up');
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  writeFileSync(join(directory, 'identity.txt'), `# public key: ${recipient}\n${identity}\n`, { mode: 0o600 });
  say(`identity.txt is an age key made for this demo; the vault opens with it and with nothing else.\n`);
  await lifeboat(0, `init --vault vault --recipient ${recipient}`);
  await lifeboat(0, `backup pglite:letta ${opening}`);
  await lifeboat(0, `verify latest ${opening}`);

  heading('17 January 2026: the database is dropped');
  say('$ DROP SCHEMA public CASCADE; CREATE SCHEMA public;');
  const left = await open(live, async (lost) => {
    await lost.exec('DROP SCHEMA public CASCADE; CREATE SCHEMA public;');
    const { rows } = await lost.query<{ tables: number }>(
      `select count(*)::int as tables from pg_class where relkind = 'r' and relnamespace = to_regnamespace('public')`,
    );
    return rows[0]?.tables;
  });
  must(left === 0, 'the database still holds tables');
  say(`${left} tables are left, no agent.\n`);

  heading('Restore it');
  await lifeboat(0, `restore latest ${opening} --to pglite:letta-restored --yes`);

  const { row, agentsChanged } = await open(restored, async (again) => {
    heading('Proof, without Lifeboat');
    say('Every row of every agent (its own row, messages, blocks and their history, tools, tags, secrets, archives, passages, folders,');
    say('files, identities, groups, steps) was hashed by plain SQL before the backup and is hashed again now:\n');
    const agentsAfter = await readAgentContent(again);
    const verdicts = compareAgents(agentsBefore, agentsAfter);
    showVerdicts(verdicts);
    const equal = verdicts.filter(({ different }) => different.length === 0);
    const equalSixteen = equal.filter(({ kind }) => kind === 'agent').length;
    const others = `${equal.length - equalSixteen} of ${agentsBefore.length - sixteen.length} others (the sleeptime agent, the soft-deleted one)`;
    say(`${equalSixteen} of ${sixteen.length} agents are equal by content, and ${others}.`);
    const tablesDiffer = compareTables(tablesBefore, await readTableContent(again));
    say(`${tablesBefore.size - tablesDiffer.length} of ${tablesBefore.size} tables are equal.\n`);
    must(equal.length === agentsBefore.length && verdicts.length === agentsBefore.length, 'not every agent came back as it was');
    must(tablesDiffer.length === 0, `tables differ: ${tablesDiffer.join(', ')}`);
    must(
      agentsAfter.some(({ name }) => name === 'AI/ML Expert'),
      '"AI/ML Expert" did not keep its name',
    );

    heading('Can the proof fail? One value is changed on purpose');
    const change = `UPDATE block SET value = replace(value, 'RAG (2020)', 'RAG (2021)') WHERE label = 'findings'`;
    say(`$ ${change};\n`);
    const { rows } = await again.query<{ id: string }>(`${change} RETURNING id`);
    must(rows.length === 1 && rows[0] !== undefined, `${rows.length} rows were changed instead of 1`);
    const agentsChanged = await readAgentContent(again);
    const differing = compareAgents(agentsBefore, agentsChanged).filter(({ different }) => different.length > 0);
    const named = differing.map(({ name, different }) => `${name} (${different.join(', ')})`).join(', ');
    say(`By SQL: ${named} is different now, the other ${agentsBefore.length - differing.length} are equal.\n`);
    must(named === 'research_assistant (blocks)', 'the comparison by SQL did not see the change, or saw more than it');
    return { row: rows[0].id, agentsChanged };
  });
  const verified = await lifeboat(4, `verify pglite:letta-restored --against latest ${opening}`);
  must(/^block\b/m.test(verified) && verified.includes(row), 'verify did not name the table and the row that were changed');
  say(`verify named the table (block), the row (${row}) and ended with exit code 4.\n`);

  heading('Nothing is overwritten');
  await lifeboat(14, `restore latest ${opening} --to pglite:letta-restored --yes`);
  const untouched = compareAgents(agentsChanged, await open(restored, readAgentContent));
  must(
    untouched.every(({ different }) => different.length === 0),
    'a restore that was refused has changed the database',
  );
  say('A restore goes into a database that is new or empty. This one was refused, and the database is as it was.\n');
}

try {
  await demo();
  say(`Everything above was checked. ${((performance.now() - started) / 1000).toFixed(1)} s.`);
} catch (error) {
  if (!(error instanceof Untrue)) throw error;
  console.error(`\nTHE DEMO FAILED: ${error.message}`);
  process.exitCode = 1;
} finally {
  if (keep) say(`Kept: ${directory}`);
  else rmSync(directory, { recursive: true, force: true });
}
