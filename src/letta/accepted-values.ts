import { readFileSync } from 'node:fs';
import { isSince } from './serving-release.ts';

/** [first release, what holds from there on], oldest first. */
type Ranges<T> = [string, T][];

interface Facts {
  releases: string[];
  enums: Record<string, Ranges<string[] | null>>;
  values: Record<string, Ranges<string[] | null>>;
  more: Record<string, Ranges<string[] | null>>;
  fields: Record<string, Ranges<string[] | null>>;
  types: Record<string, Ranges<string | null>>;
  validators: Record<string, Ranges<boolean>>;
}

let loaded: Facts | undefined;

/** Read from the source of every release 0.11.0 … 0.16.8 by scripts/read-letta-models.py; there is no 0.16.3. */
function facts(): Facts {
  loaded ??= JSON.parse(readFileSync(new URL('./catalogue/accepted-values.json', import.meta.url), 'utf8')) as Facts;
  return loaded;
}

/**
 * The values that a release's server accepts where it reads a row: an enum (`MessageRole`), a field of a model
 * (`LLMConfig.effort`), or a list that only its code states (`LLMConfig._to_model_settings`).
 * @returns null when that release does not have the place, or takes anything there
 * @throws RangeError for a place or a release that the catalogue does not know
 */
export function acceptedValues(place: string, release: string): readonly string[] | null {
  const { enums, values, more } = facts();
  return at(place, enums[place] ?? values[place] ?? more[place], release);
}

/** The fields of a model that forbids others (the tool rules, `letta/schemas/tool_rule.py`); null: it has no such model. */
export function acceptedFields(model: string, release: string): readonly string[] | null {
  return at(model, facts().fields[model], release);
}

/** Names of the models whose fields are known. */
export function modelsWithFields(): string[] {
  return Object.keys(facts().fields);
}

/** How a release annotates a field in Python; null: it has no such field. */
export function annotationOf(place: string, release: string): string | null {
  return at(place, facts().types[place], release);
}

/** Whether a model of that release has a validator. */
export function hasValidator(place: string, release: string): boolean {
  return at(place, facts().validators[place], release);
}

/** Whether what a release accepts is known. */
export function isRead(release: string): boolean {
  return facts().releases.includes(release);
}

function at<T>(place: string, ranges: Ranges<T> | undefined, release: string): T {
  const found = ranges?.findLast(([since]) => isSince(release, since));
  if (found === undefined) throw new RangeError(`what Letta ${release} accepts at ${place} is not known`);
  return found[1];
}
