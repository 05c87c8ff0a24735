import { refusedReturnTypes } from '../../letta/refused/return-types.ts';
import { shapeCheck } from '../shape-check.ts';

export const returnTypesUnknown = shapeCheck({
  code: 'return-types-unknown',
  severity: 'error',
  looksFor: 'A run whose request asked for types of messages that the release does not know.',
  effect: 'The run, and every list that it is in, cannot be read (LettaRequestConfig in letta/schemas/job.py).',
  places: (release) => [
    {
      table: 'runs',
      column: 'request_config',
      problems: (config) => {
        const { types, unknown } = refusedReturnTypes(release, `(${config})::json`);
        return `array(select distinct 'type "' || left(m.item #>> '{}', 40) || '"' from ${types} where ${unknown})`;
      },
    },
  ],
  why: (release) => `Letta ${release} cannot list runs among which one of these is.`,
  repair: 'Take the types out of include_return_message_types in request_config: they only chose what the request was answered with.',
});
