import { revisionInfo } from '../letta/catalogue.ts';
import type { Warning } from '../report/progress.ts';
import type { DatabaseModel } from '../schema/model.ts';
import type { Manifest, SecretCensus } from '../vault/manifest.ts';
import type { CensusAgent } from './census.ts';

interface Facts {
  model: DatabaseModel;
  revisions: readonly string[];
  secrets: SecretCensus;
  identity: Manifest['source'];
  agents: readonly CensusAgent[];
}

/** Everything about a finished copy that its owner should know, the partial ones first. */
export function warningsOf({ model, revisions, secrets, agents }: Facts): Warning[] {
  const warnings: Warning[] = model.others.map((object) => ({
    code: 'object-not-modelled',
    message: `${object.kind} ${object.schema === null ? '' : `${object.schema}.`}${object.name}: ${object.definition === null ? 'cannot be re-created by Lifeboat' : 'kept as its definition; restored only with --with-objects'}`,
    partial: true,
  }));
  if (revisions.length !== 1) {
    warnings.push({
      code: 'revision-count',
      message: `alembic_version holds ${revisions.length} rows (${revisions.join(', ') || 'none'}); a Letta server would not start on it`,
      partial: true,
    });
  } else if (!revisionInfo(revisions[0] ?? '')) {
    warnings.push({
      code: 'revision-unknown',
      message: `Revision ${revisions[0]} is not one of Letta 0.6.0 to 0.16.8: the rows are kept exactly, but the schema could not be compared`,
      partial: true,
    });
  }
  for (const [column, counts] of Object.entries(secrets)) {
    if (counts.undecryptable > 0)
      warnings.push({
        code: 'secret-undecryptable',
        message: `${column}: ${counts.undecryptable} value(s) do not decrypt with the given LETTA_ENCRYPTION_KEY`,
        partial: true,
      });
  }
  const unchecked = Object.values(secrets).filter((counts) => counts.unchecked > 0);
  if (unchecked.length > 0) {
    const values = unchecked.reduce((sum, counts) => sum + counts.unchecked, 0);
    warnings.push({
      code: 'secret-unchecked',
      message: `${values} encrypted secret(s) in ${unchecked.length} column(s) were kept but not checked, because LETTA_ENCRYPTION_KEY was not given`,
      partial: false,
    });
  }
  if (agents.length === 0)
    warnings.push({ code: 'no-agents', message: 'The database holds no agents. Is it the right one?', partial: false });
  return warnings;
}

/** At most 100 warnings fit a manifest; the last one counts the rest. */
export function boundWarnings(warnings: readonly Warning[]): Manifest['warnings'] {
  const short = warnings.map((warning) => ({ ...warning, message: warning.message.slice(0, 300) }));
  if (short.length <= 100) return short;
  return [
    ...short.slice(0, 99),
    {
      code: 'more-warnings',
      message: `and ${short.length - 99} more; the schema object lists every object`,
      partial: short.slice(99).some((warning) => warning.partial),
    },
  ];
}
