import { type AgentContent, type AgentVerdict, compareAgents } from './agent-content.ts';
import { say } from './stage.ts';
import type { Carried } from './world.ts';

const counted = ['messages', 'blocks', 'tools', 'passages', 'secrets'];
const short = (agent: AgentContent | null): string => agent?.digest.slice(0, 12) ?? 'none';
const remark = ({ kind }: { kind: AgentContent['kind'] }): string => (kind === 'agent' ? '' : `  (${kind})`);

export function showAgents(agents: readonly AgentContent[]): void {
  say(`${'agent'.padEnd(30)}${counted.map((part) => part.padStart(9)).join('')}   content (SHA-256)`);
  for (const agent of agents) {
    const counts = counted.map((part) => String(agent.rows[part]).padStart(9)).join('');
    say(`${agent.name.padEnd(30)}${counts}   ${short(agent)}${remark(agent)}`);
  }
  say();
}

export function showVerdicts(verdicts: readonly AgentVerdict[]): void {
  say(`${'agent'.padEnd(30)}${'messages'.padStart(8)}   ${'before'.padEnd(15)}${'after'.padEnd(15)}`.trimEnd());
  for (const verdict of verdicts) {
    const { name, before, after, different } = verdict;
    const is = different.length === 0 ? 'equal' : `DIFFERENT: ${different.join(', ')}`;
    const messages = String(after?.rows.messages ?? 0).padStart(8);
    say(`${name.padEnd(30)}${messages}   ${short(before).padEnd(15)}${short(after).padEnd(15)}${is}${remark(verdict)}`);
  }
  say();
}

/** `16 of 16 agents are equal by content, and 2 of 2 others (…).` */
export function verdictLine(verdicts: readonly AgentVerdict[]): string {
  const [agents, others] = [verdicts.filter(({ kind }) => kind === 'agent'), verdicts.filter(({ kind }) => kind !== 'agent')];
  const equal = (each: readonly AgentVerdict[]) => each.filter(({ different }) => different.length === 0).length;
  return `${equal(agents)} of ${agents.length} agents are equal by content, and ${equal(others)} of ${others.length} others (the sleeptime agent, the soft-deleted one).`;
}

/** What of the older database is in the newer one, in numbers. */
export function showCarried(head: readonly [string, string], { agents, messages, runs, secrets }: Carried): void {
  const whole = compareAgents(agents.before, agents.after).filter(({ different }) => different.length === 0);
  // An order is kept or it is not.
  const inOrder = messages.before.join() === messages.after.join() ? messages.before.length : 0;
  const linked = (each: typeof runs.before) => each.reduce((sum, { steps }) => sum + steps.length, 0);
  const facts: [what: string, before: number, after: number][] = [
    ['agents whose rows are all there, as they were', agents.before.length, whole.length],
    ['messages, in their order', messages.before.length, inOrder],
    ['runs that the server can reach', runs.before.length, runs.there.length],
    ['steps (model, tokens, errors) that belong to such a run', linked(runs.before), linked(runs.there)],
    ['secrets of agents that the server can read', secrets.before.length, secrets.readable.length],
  ];
  say(`${''.padEnd(58)}${head[0].padStart(10)}${head[1].padStart(18)}`);
  for (const [what, before, after] of facts) say(`${what.padEnd(58)}${String(before).padStart(10)}${String(after).padStart(18)}`);
  say();
}
