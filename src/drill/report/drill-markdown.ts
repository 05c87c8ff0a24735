import { formatCount, formatDuration, formatTime } from '../../report/format.ts';
import type { Proof, ProofFinding } from '../proof.ts';
import { block, code, list, plain, section, table } from './markdown.ts';
import type { Undrilled } from './page.ts';
import {
  agentWords,
  findingsInShort,
  isMoved,
  lossesInShort,
  recoveryWords,
  releasesText,
  selfTestText,
  severities,
  targetText,
  titleWord,
  verdictText,
  wholeAgents,
} from './proof-words.ts';

/** The report of one or several drills as Markdown. */
export function drillMarkdown(proofs: readonly Proof[], undrilled: readonly Undrilled[] = []): string {
  const missing = undrilled.map(({ snapshot, message }) => `* ${code(snapshot)}: ${plain(message)}`);
  const head = missing.length === 0 ? '' : `# Snapshots that could not be drilled\n\n${missing.join('\n')}\n\n`;
  return `${head}${proofs.map((proof) => proofLines(proof).join('\n')).join('\n\n---\n\n')}\n`;
}

function proofLines(proof: Proof): string[] {
  const { source, snapshot, recoveryTime, dataAge, equality, losses, queries, server } = proof;
  return [
    `# ${titleWord(proof)}: restore of ${plain(source.database)}`,
    '',
    plain(verdictText(proof)),
    '',
    ...list([
      ['snapshot', `${code(snapshot.id)}, taken ${formatTime(snapshot.time)}`],
      ['drilled', `${formatTime(proof.started)} – ${formatTime(proof.time)}, on ${plain(targetText(proof))}`],
      ['release', plain(releasesText(proof))],
      ['recovery time', recoveryTime === null ? 'not measured' : `${formatDuration(recoveryTime)}, ${recoveryWords}`],
      ['data age', formatDuration(Math.max(0, dataAge))],
      ['agents', `${wholeAgents(proof)} are ${agentWords(proof)}`],
      ...(isMoved(proof) ? ([['losses', lossesInShort(proof) || 'none']] as [string, string][]) : []),
      ['findings', findingsInShort(proof.findings)],
    ]),
    ...section(
      'What came back different',
      equality && !equality.equal
        ? table(
            ['table', 'difference', 'rows'],
            equality.differences.map(({ table: name, reason, rows }) => [code(name), plain(reason), rows.map(code).join(' ')]),
          )
        : [],
    ),
    ...section(
      'Where the time went',
      table(
        ['phase', '>took', 'part of a recovery'],
        proof.phases.map(({ name, seconds, recovery }) => [plain(name), formatDuration(seconds), recovery ? 'yes' : 'no']),
      ),
    ),
    ...section(
      'Agents',
      table(
        ['agent', 'id', isMoved(proof) ? 'there' : 'whole', '>messages', '>in context', '>blocks', '>passages', '>tools'],
        proof.agents
          .toSorted((a, b) => Number(a.equal) - Number(b.equal))
          .map((agent) => [
            plain(agent.name || '(no name)'),
            code(agent.id),
            agent.equal ? 'yes' : '**no**',
            ...[agent.messages, agent.inContext, agent.blocks, agent.passages, agent.tools].map(formatCount),
          ]),
      ),
    ),
    ...section(
      'Findings in the data',
      severities.flatMap((severity) => proof.findings.filter((each) => each.severity === severity).flatMap(findingLines)),
    ),
    ...section('Can the proof fail?', [plain(selfTestText(proof))]),
    ...section(
      'What the other release does not simply carry',
      table(
        ['what', 'where', '>rows', 'why'],
        losses.map((loss) => [
          plain(loss.class),
          code(loss.column === null ? loss.table : `${loss.table}.${loss.column}`),
          formatCount(loss.rows),
          plain(loss.reason),
        ]),
      ),
    ),
    ...section(
      'What a server would ask',
      table(
        ['query', '>rows', '>ms'],
        queries.map(({ what, rows, milliseconds }) => [plain(what), formatCount(rows), milliseconds.toFixed(1)]),
      ),
    ),
    ...section(server ? `A real Letta server ${plain(server.version)} on it` : '', server ? serverLines(server) : []),
    ...section(
      'Warnings',
      proof.warnings.map(({ code: name, message }) => `* ${code(name)}: ${plain(message)}`),
    ),
    ...section('Proof', [
      ...list([
        ['id', code(proof.id)],
        ['snapshot', code(snapshot.file)],
        ['manifest (SHA-256)', code(snapshot.manifestHash)],
        ['content id', code(snapshot.contentId)],
        ['by', plain(`Lifeboat ${proof.tool} on ${proof.host.name} (${proof.host.platform}, Node ${proof.host.node})`)],
      ]),
      '',
      'What counts is the record of this id in the vault: sealed, signed, and bound to that manifest.',
    ]),
  ];
}

function findingLines({ code: name, severity, where, message, ids, count, why, repair }: ProofFinding): string[] {
  const more = count - ids.length;
  return [
    `### ${severity}: ${plain(name)} (${plain(where)})`,
    '',
    plain(message),
    plain(why),
    ...(ids.length > 0 ? ['', `${ids.map(code).join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`] : []),
    ...(repair === null ? [] : ['', ...block(repair)]),
    '',
  ];
}

function serverLines({ secondsToFirstAnswer, compared, network }: NonNullable<Proof['server']>): string[] {
  return [
    `First answer after ${formatDuration(secondsToFirstAnswer)}.`,
    '',
    ...table(
      ['asked', '>expected', '>answered', 'equal'],
      compared.map(({ what, expected, found, equal }) => [
        plain(what),
        formatCount(expected),
        formatCount(found),
        equal ? 'yes' : '**no**',
      ]),
    ),
    ...(network
      ? [
          '',
          `Network: ${plain(network.how)}; attempts to reach something outside: ${network.attempts.map(({ to, count }) => `${code(to)} (${formatCount(count)})`).join(', ') || 'none'}; an attempt made on purpose was ${network.controlCaught ? 'caught' : '**not caught**'}.`,
        ]
      : []),
  ];
}
