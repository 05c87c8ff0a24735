import { hiddenParts } from '../../letta/refused/message-content.ts';
import { shapeCheck } from '../shape-check.ts';

export const messagePartHidden = shapeCheck({
  code: 'message-part-hidden',
  severity: 'warning',
  looksFor: 'A message with a part of a type that the release does not know.',
  effect: 'The part is left out without a word, whoever reads the message (letta/helpers/converters.py; letta-server.md §4).',
  places: (release) => [{ table: 'messages', column: 'content', problems: hiddenParts(release) }],
  why: (release) => `Letta ${release} leaves these parts out: neither people nor agents see them. They stay in the database.`,
  repair: 'Upgrade to a release that knows the type; to show a part now, make it a part of type text.',
});
