import type { Check, CheckGroup } from '../src/verify/check.ts';

const titles: Record<CheckGroup, string> = {
  schema: 'Schema',
  upgrade: 'What the next upgrade in place would do',
  sequences: 'Sequences',
  references: 'References',
  queries: 'What a server asks most',
  context: 'Context windows',
  conversations: 'Conversations (since 0.16.2)',
  shapes: 'What a release’s models take',
  ids: 'Ids and names',
  tenants: 'Organisations and users',
  groups: 'Groups',
  passages: 'Passages and their vectors',
  files: 'Files',
  tools: 'Tools and MCP servers',
  secrets: 'Secrets',
  'in-flight': 'Work that was under way',
  outside: 'Outside the database',
};

/** The whole text of docs/checks.md. Pure. */
export function checksDocument(checks: readonly Check[]): string {
  const groups = (Object.keys(titles) as CheckGroup[]).flatMap((group) => {
    const own = checks.filter((check) => check.group === group);
    return own.length === 0 ? [] : [section(titles[group], own)];
  });
  return `${introduction(checks.length)}\n${groups.join('\n')}`;
}

const introduction = (count: number): string => `# The checks

<!-- Written by \`npm run docs:checks\` from src/verify/checks/: change it there. -->

\`lifeboat verify DB\` asks a database these ${count} questions, by SQL, in one read-only transaction; a drill asks them of what it restored. A check
looks only at tables and columns that the database's release has, and says what *that* release's server would do. Whoever wants to know what
is looked for in one of them finds it in the file of its name.

A **finding** has the check's code; where (table and column); the rows, by their keys, at most 20 of them, and how many there are; what a server
would make of it; and, where there is one, a repair. Its severity:

| severity | means | exit code |
|---|---|---|
| error | a server fails on it, or shows something else | 4 |
| warning | something is lost, or will go wrong | 3 |
| note | worth knowing | 0 |

A check that could not be made is a finding itself (\`check-failed\`, a warning): what it could not look at is not called sound. The severity
below is the usual one; some findings say another. “letta-server.md” are our notes on Letta's source, tag by tag; paths beginning with \`letta/\`
are files of Letta, at 0.16.8 where no other release is named.
`;

function section(title: string, checks: readonly Check[]): string {
  const rows = checks.map(({ code, severity, looksFor, effect }) => `| \`${code}\` | ${severity} | ${cell(looksFor)} | ${cell(effect)} |`);
  return [`## ${title}`, '', '| check | severity | looks for | what a server does |', '|---|---|---|---|', ...rows, ''].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');
