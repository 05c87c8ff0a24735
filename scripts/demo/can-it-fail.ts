import { compareAgents, readAgentContent } from './agent-content.ts';
import { must, opening, type Stage, say } from './stage.ts';
import type { World } from './world.ts';

/** A proof that cannot fail proves nothing; and a refusal leaves everything as it is. */
export async function canItFail(stage: Stage, world: World): Promise<void> {
  stage.heading('Can the proof fail? One value is changed on purpose');
  const change = `UPDATE block SET value = replace(value, 'RAG (2020)', 'RAG (2021)') WHERE label = 'findings'`;
  say(`$ ${change};\n`);
  const { row, changed } = await stage.open('letta', async (database) => {
    const { rows } = await database.query<{ id: string }>(`${change} RETURNING id`);
    must(rows.length === 1 && rows[0] !== undefined, `${rows.length} rows were changed instead of 1`);
    return { row: rows[0].id, changed: await readAgentContent(database) };
  });
  const differing = compareAgents(world.agents, changed).filter(({ different }) => different.length > 0);
  const named = differing.map(({ name, different }) => `${name} (${different.join(', ')})`).join(', ');
  say(`By SQL: ${named} is different now, the other ${world.agents.length - differing.length} are equal.\n`);
  must(named === 'research_assistant (blocks)', 'the comparison by SQL did not see the change, or saw more than it');
  const verified = await stage.lifeboat(4, `verify pglite:letta --against latest ${opening}`);
  must(/^block\b/m.test(verified) && verified.includes(row), 'verify did not name the table and the row that were changed');
  say(`verify named the table and the row that was changed, and ended with exit code 4.\n`);

  stage.heading('Nothing is overwritten');
  await stage.lifeboat(14, `restore latest ${opening} --to pglite:letta --yes`);
  const untouched = compareAgents(changed, await stage.open('letta', (database) => readAgentContent(database)));
  must(
    untouched.every(({ different }) => different.length === 0),
    'a restore that was refused has changed the database',
  );
  say('A restore goes into a database that is new or empty. This one was refused, and the database is as it was.\n');
}
