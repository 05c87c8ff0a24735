import type { Proof } from '../../../src/drill/proof.ts';
import { failedProof } from '../proofs.ts';

/** Text that breaks out of HTML, Markdown or the line that it stands in, where it is not escaped. */
export const hostileTexts = [
  '<script>document.title="ran";alert(1)</script>',
  '"><img src=http://outside.example/x onerror="document.title=\'ran\'">',
  '</title></style></pre><iframe src=http://outside.example></iframe>',
  "' onmouseover='alert(1)",
  '<svg/onload=document.title="ran">',
  '<a href="javascript:alert(1)">x</a>',
  '&lt;script&gt;',
  '\u202egnorw \u2066isolated\u2069',
  'bell\u0007 escape\u001b[31m nul\u0000',
  'pipe | `tick` ``two`` ![image](http://outside.example/y) [link](http://outside.example)',
  '$&{document.title="ran"} $1 \\',
  'שלום עולם',
  'x'.repeat(300),
  '',
];

/** A drill in which whatever comes from a database, a server or a host says one of these. */
export function hostileProof(): Proof {
  let next = 0;
  const text = () => hostileTexts[next++ % hostileTexts.length] ?? '';
  const proof = failedProof();
  return {
    ...proof,
    tool: text(),
    host: { name: text(), platform: text(), node: text() },
    failure: { code: 'content', message: text() },
    snapshot: { ...proof.snapshot, file: text() },
    source: { systemIdentifier: text(), database: hostileTexts[0] ?? '', release: text(), revision: text(), postgres: text() },
    target: { ...proof.target, postgres: text(), pgvector: text(), release: text(), revision: text() },
    phases: proof.phases.map((phase) => ({ ...phase, name: text() })),
    equality: { equal: false, tables: 2, differences: [{ table: text(), reason: text(), rows: [...hostileTexts] }] },
    agents: hostileTexts.map((name, index) => ({ ...(proof.agents[0] as Proof['agents'][number]), id: `agent-${index}${text()}`, name })),
    losses: hostileTexts.map((reason) => ({ class: text(), table: text(), column: text(), rows: 1, reason })),
    checks: [{ code: text(), seconds: 1, findings: 1 }],
    findings: hostileTexts.map((message) => ({
      code: text(),
      severity: 'error' as const,
      where: text(),
      message,
      ids: [text(), text()],
      count: 9,
      why: text(),
      repair: `UPDATE x\n   SET y = '${message}';\n\`\`\`\n</pre>`,
    })),
    queries: [{ name: text(), what: text(), milliseconds: 1, rows: 1 }],
    warnings: hostileTexts.map((message) => ({ code: text(), message, partial: true })),
    selfTest: {
      seed: text(),
      planted: [{ table: text(), column: text(), row: text() }],
      named: [text(), text()],
      passed: false,
      undone: false,
    },
    server: {
      version: text(),
      secondsToFirstAnswer: 1,
      compared: [{ what: text(), expected: 1, found: 2, equal: false }],
      network: { how: text(), attempts: [{ to: text(), count: 3 }], controlCaught: false },
    },
  };
}
