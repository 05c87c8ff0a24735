import type { Proof, ProofAgent } from '../../src/drill/proof.ts';

/** The agents of the fixture letta-0.16.2, as its manifest counts them: name, messages, in context, blocks, passages, tools. */
const agents: [name: string, ...counts: [number, number, number, number, number]][] = [
  ['AI/ML Expert', 7, 7, 2, 0, 4],
  ['Lead Engineer', 41, 28, 3, 0, 6],
  ['Lead Engineer', 13, 13, 3, 0, 5],
  ['Lead Engineer', 19, 5, 2, 0, 3],
  ['Nameless Agent', 4, 3, 0, 0, 3],
  ['Nameless Agent', 3, 3, 1, 0, 0],
  ['Nameless Agent', 1, 1, 2, 0, 3],
  ['Memo', 41, 41, 3, 3, 3],
  ['Memo-sleeptime', 12, 12, 4, 0, 4],
  ['Incognito', 7, 3, 1, 0, 3],
  ['thoth_main_orchestrator', 15, 15, 6, 2, 8],
  ['system_discovery_scout', 5, 5, 6, 3, 3],
  ['system_citation_analyzer', 9, 9, 6, 3, 5],
  ['system_organization_curator', 3, 3, 6, 0, 6],
  ['system_maintenance', 3, 3, 5, 0, 4],
  ['research_assistant', 31, 31, 4, 10, 8],
  ['document_librarian', 7, 7, 2, 0, 6],
  ['Old Scratchpad', 1, 1, 1, 0, 3],
];

const agentOf = ([name, messages, inContext, blocks, passages, tools]: (typeof agents)[number], index: number): ProofAgent => ({
  id: `agent-${(0xe620c569 + index * 0x1234567).toString(16).slice(-8)}-dc69-4520-9db2-842d6478b0a8`,
  name,
  messages,
  inContext,
  blocks,
  passages,
  tools,
  equal: true,
});

/** A drill of the fixture letta-0.16.2 with an upgrade to 0.16.8 that went well. */
export function sampleProof(changes: Partial<Proof> = {}): Proof {
  return {
    format: 1,
    id: '4be0643f1d98573b',
    started: '2026-11-21T05:59:41.000Z',
    time: '2026-11-21T06:00:02.412Z',
    tool: '0.1.0',
    host: { name: 'letta-standby', platform: 'linux x64', node: 'v24.21.0' },
    outcome: 'proven',
    failure: null,
    snapshot: {
      id: 'bc96fc731c3595de',
      file: '000042-20261121T030000Z-bc96fc731c3595de',
      contentId: 'a3f5'.repeat(16),
      manifestHash: '9d41'.repeat(16),
      time: '2026-11-21T03:00:00.512Z',
    },
    source: { systemIdentifier: '7', database: 'letta', release: '0.16.2', revision: '27de0f58e076', postgres: '15.20' },
    target: { kind: 'embedded', postgres: '17.5', pgvector: '0.8.1', release: '0.16.8', revision: '1c28e167b74f' },
    phases: [
      { name: 'start', seconds: 1.21, recovery: true },
      { name: 'plan', seconds: 0.18, recovery: true },
      { name: 'create', seconds: 0.34, recovery: true },
      { name: 'load', seconds: 2.96, recovery: true },
      { name: 'index', seconds: 0.81, recovery: true },
      { name: 'finish', seconds: 0.22, recovery: true },
      { name: 'prove', seconds: 3.12, recovery: true },
      { name: 'checks', seconds: 4.05, recovery: false },
      { name: 'queries', seconds: 0.44, recovery: false },
      { name: 'self-test', seconds: 3.37, recovery: false },
      { name: 'remove', seconds: 0.31, recovery: false },
    ],
    recoveryTime: 8.84,
    dataAge: 10_781,
    rows: 1005,
    bytes: 1_724_416,
    equality: { equal: true, tables: 42, differences: [] },
    agents: agents.map(agentOf),
    losses: [
      {
        class: 'set aside',
        table: 'mcp_server',
        column: null,
        rows: 2,
        reason: 'Letta 0.16.8 refuses servers at private addresses, and with one of them every list that contains it',
      },
      {
        class: 'derived',
        table: 'mcp_server',
        column: 'token_enc',
        rows: 3,
        reason: 'encrypted with the key: Letta 0.16.8 reads this column',
      },
    ],
    checks: [
      { code: 'sequence-behind', seconds: 0.01, findings: 0 },
      { code: 'dangling-reference', seconds: 0.12, findings: 0 },
      { code: 'context-missing-message', seconds: 0.05, findings: 0 },
      { code: 'vector-dimensions', seconds: 0.21, findings: 0 },
      { code: 'run-left-running', seconds: 0.02, findings: 1 },
      { code: 'file-stuck', seconds: 0.01, findings: 1 },
      { code: 'secret-not-readable', seconds: 0.09, findings: 1 },
    ],
    findings: [
      {
        code: 'file-stuck',
        severity: 'warning',
        where: 'files.processing_status',
        message: '1 file has been in the state “embedding” for 3 d 4 h.',
        ids: ['file-1d2c3b4a-5f6e-4708-9a1b-2c3d4e5f6071'],
        count: 1,
        why: 'A server that lists it flips it to “error” after 30 minutes; its passages are not searched.',
        repair:
          "UPDATE files SET processing_status = 'error',\n       error_message = 'embedding was cut off'\n WHERE id = 'file-1d2c3b4a-5f6e-4708-9a1b-2c3d4e5f6071';",
      },
      {
        code: 'run-left-running',
        severity: 'warning',
        where: 'runs.status',
        message: '1 run is “running”, and no server works on it.',
        ids: ['run-5a11c0de-0000-4000-8000-000000000001'],
        count: 1,
        why: 'The agent is shown as busy until somebody cancels it.',
        repair: null,
      },
      {
        code: 'secret-not-readable',
        severity: 'note',
        where: 'agent_environment_variables.value_enc',
        message: '7 secrets were not tried: LETTA_ENCRYPTION_KEY was not given.',
        ids: [],
        count: 7,
        why: 'With another key than the one they were written with, the server shows “<encrypted>” in their place.',
        repair: null,
      },
    ],
    queries: [
      { name: 'message-page', what: 'the newest 50 messages of Lead Engineer', milliseconds: 3.4, rows: 41 },
      { name: 'vector-search', what: 'the 10 nearest passages of research_assistant', milliseconds: 5.1, rows: 10 },
      { name: 'blocks', what: 'memory blocks of thoth_main_orchestrator, as rendered into its prompt', milliseconds: 1.2, rows: 6 },
    ],
    warnings: [],
    selfTest: {
      seed: '4be0643f1d98573b',
      planted: [
        { table: 'block', column: 'value', row: 'id=block-ad7ecc9d-d942-4a6d-85f6-7ff78314f7db' },
        { table: 'messages', column: 'content', row: 'id=message-98abe10c-294f-43a5-952a-49d5305cf36f' },
        { table: 'tools', column: 'description', row: 'id=tool-2d1dbb71-7a35-4a7b-a03b-2c4182879250' },
      ],
      named: ['block', 'messages', 'tools'],
      passed: true,
      undone: true,
    },
    server: {
      version: '0.16.8',
      secondsToFirstAnswer: 9.6,
      compared: [
        { what: 'agents listed', expected: 18, found: 18, equal: true },
        { what: 'messages of all agents', expected: 222, found: 222, equal: true },
        { what: 'memory blocks', expected: 57, found: 57, equal: true },
      ],
      network: { how: 'a network namespace without a way out', attempts: [], controlCaught: true },
    },
    ...changes,
  };
}

/** A drill of another snapshot that failed: two tables came back different, and one agent is not whole. */
export function failedProof(changes: Partial<Proof> = {}): Proof {
  const good = sampleProof();
  return {
    ...good,
    id: '07c1d3a9b25e6f48',
    started: '2026-11-21T06:10:00.000Z',
    time: '2026-11-21T06:10:14.000Z',
    outcome: 'failed',
    failure: { code: 'content', message: '2 of 42 tables are not as in the snapshot: block, messages.' },
    target: { ...good.target, kind: 'server', postgres: '15.18', release: '0.16.2', revision: '27de0f58e076' },
    recoveryTime: null,
    equality: {
      equal: false,
      tables: 42,
      differences: [
        { table: 'block', reason: 'content', rows: ['changed id=block-ad7ecc9d-d942-4a6d-85f6-7ff78314f7db (value)'] },
        { table: 'messages', reason: 'content', rows: ['missing id=message-98abe10c-294f-43a5-952a-49d5305cf36f'] },
      ],
    },
    agents: good.agents.map((agent, index) => (index === 0 ? { ...agent, messages: 6, equal: false } : agent)),
    losses: [],
    findings: [
      {
        code: 'context-missing-message',
        severity: 'error',
        where: 'agents.message_ids',
        message: '1 agent has a message in its context window that does not exist.',
        ids: ['agent-e620c569-dc69-4520-9db2-842d6478b0a8'],
        count: 1,
        why: 'The server leaves it out without a word: the agent forgets it.',
        repair: null,
      },
      ...good.findings,
    ],
    selfTest: null,
    server: null,
    ...changes,
  };
}
