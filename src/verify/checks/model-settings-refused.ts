import { hasCompaction, modelSettingsProblems } from '../../letta/refused/compaction.ts';
import { shapeCheck } from '../shape-check.ts';

export const modelSettingsRefused = shapeCheck({
  code: 'model-settings-refused',
  severity: 'error',
  looksFor: "A conversation's settings of its model whose provider_type is missing or unknown to the release.",
  effect: "The conversation cannot be loaded, nor the list of its agent's conversations (letta/orm/conversation.py).",
  places: (release) =>
    hasCompaction(release) ? [{ table: 'conversations', column: 'model_settings', problems: modelSettingsProblems(release) }] : [],
  why: (release) => `Letta ${release} cannot list conversations among which one of these is.`,
  repair: "Write NULL into conversations.model_settings: the agent's own settings are used then.",
});
