import { refusedReturnTypes, requestConfigTables } from '../../letta/refused/return-types.ts';
import { shapeCheck } from '../shape-check.ts';

export const returnTypesUnknown = shapeCheck({
  code: 'return-types-unknown',
  severity: 'error',
  looksFor: 'A run or job whose request asked for types of messages that the release does not know.',
  effect: 'The run or job, and every list that it is in, cannot be read (LettaRequestConfig in letta/schemas/job.py).',
  places: (release) =>
    requestConfigTables.map((table) => ({
      table,
      column: 'request_config',
      problems: (config) => {
        const { types, unknown } = refusedReturnTypes(release, config);
        return `array(select distinct 'type "' || left(m.item #>> '{}', 40) || '"' from ${types} where ${unknown})`;
      },
    })),
  why: (release) => `Letta ${release} cannot list runs or jobs among which one of these is.`,
  repair: 'Take the types out of include_return_message_types in request_config: they only chose what the request was answered with.',
});
