import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { compareAgents, compareTables, readAgentContent, readTableContent, type SqlReader } from './agent-content.ts';
import { must, opening, type Stage, say } from './stage.ts';
import { showVerdicts, verdictLine } from './tables.ts';
import type { World } from './world.ts';

export async function backUp(stage: Stage): Promise<void> {
  stage.heading('Back it up');
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  writeFileSync(stage.at('identity.txt'), `# public key: ${recipient}\n${identity}\n`, { mode: 0o600 });
  say(`identity.txt is an age key made for this demo; the vault opens with it and with nothing else.\n`);
  await stage.lifeboat(0, `init --vault vault --recipient ${recipient}`);
  await stage.lifeboat(0, `backup pglite:letta ${opening}`);
  await stage.lifeboat(0, `verify latest ${opening}`);
}

export function drop(stage: Stage): void {
  stage.heading('17 January 2026: the database is dropped');
  say('$ rm -r letta     # an embedded database is a directory: this is its DROP DATABASE');
  rmSync(stage.at('letta'), { recursive: true });
  must(!existsSync(stage.at('letta')), 'the database is still there');
  say('The database is gone; what is left is the vault.\n');
}

export async function restore(stage: Stage, world: World): Promise<void> {
  stage.heading('Restore it');
  await stage.lifeboat(0, `restore latest ${opening} --to pglite:letta --yes`);
  say('Proof, without Lifeboat: every row of every agent (its own row, messages, blocks and their history, tools,');
  say('tags, secrets, archives, passages, folders, files, identities, groups, steps) was hashed by plain SQL before');
  say('the backup and is hashed again now:\n');
  await stage.open('letta', (database) => proveEqual(database, world, { show: true }));
}

/** Everything is as it was at 0.11.3: each agent, and each table. */
export async function proveEqual(database: SqlReader, world: World, { show }: { show: boolean }): Promise<void> {
  const verdicts = compareAgents(world.agents, await readAgentContent(database));
  if (show) showVerdicts(verdicts);
  const differing = compareTables(world.tables, await readTableContent(database));
  say(verdictLine(verdicts));
  say(`${world.tables.size - differing.length} of ${world.tables.size} tables are equal.\n`);
  must(
    verdicts.length === world.agents.length && verdicts.every(({ different }) => different.length === 0),
    'not every agent came back as it was',
  );
  must(differing.length === 0, `tables differ: ${differing.join(', ')}`);
  must(
    verdicts.some(({ name, after }) => name === 'AI/ML Expert' && after?.name === name),
    '"AI/ML Expert" did not keep its name',
  );
}
