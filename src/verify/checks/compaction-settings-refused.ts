import { compactionProblems, hasCompaction } from '../../letta/refused/compaction.ts';
import { shapeCheck } from '../shape-check.ts';

export const compactionSettingsRefused = shapeCheck({
  code: 'compaction-settings-refused',
  severity: 'error',
  looksFor: 'Settings of summaries with a mode, a provider or a field that the release does not take; up to 0.16.4 also without a model.',
  effect: 'The agent cannot be loaded, nor any list of agents (letta/services/summarizer/summarizer_config.py).',
  places: (release) =>
    hasCompaction(release) ? [{ table: 'agents', column: 'compaction_settings', problems: compactionProblems(release) }] : [],
  why: (release) => `Letta ${release} cannot load these agents, and GET /v1/agents/ fails for their organisation.`,
  repair: "Put the field right in agents.compaction_settings, or write NULL there: the server's own settings are used then.",
});
