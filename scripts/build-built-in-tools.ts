/**
 * Builds src/letta/catalogue/built-in-tools.json: which tool types a release's server knows, and which function names
 * each of its tool modules defines. Reads a git directory of letta-ai/letta with its tags:
 *
 *     node scripts/build-built-in-tools.ts DIRECTORY
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { releases } from '../src/letta/catalogue.ts';

const repository = process.argv[2];
if (repository === undefined) throw new Error('usage: node scripts/build-built-in-tools.ts DIRECTORY');

function show(release: string, path: string): string {
  try {
    return execFileSync('git', ['-C', repository ?? '', 'show', `${release}:${path}`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return ''; // the release has no such file
  }
}

/** `letta.functions.function_sets.base` → `base`, by the constant's name. */
function modulesOf(release: string): Map<string, string> {
  const found = show(release, 'letta/constants.py').matchAll(/^(\w+_MODULE_NAME) = "letta\.functions\.function_sets\.(\w+)"/gm);
  return new Map([...found].map(([, constant = '', module = '']) => [constant, module]));
}

/** Tool type → the module that the Tool schema's validator takes the function from (null: none is looked for). */
function typesOf(release: string): Map<string, string | null> {
  const body = /class ToolType\(.*?\):\n((?: {4}.*\n|\n)+)/;
  const [, members = ''] = body.exec(show(release, 'letta/schemas/enums.py')) ?? body.exec(show(release, 'letta/orm/enums.py')) ?? [];
  const types = new Map<string, string | null>([...members.matchAll(/= "(\w+)"/g)].map(([, type = '']) => [type, null]));
  const modules = modulesOf(release);
  const branch =
    /(?:if|elif) self\.tool_type (?:in \{([^}]*)\}|(?:==|is) (ToolType\.\w+))[^\n]*:(.*?)(?=\n {8}(?:elif|else|#|return)|$(?![\s\S]))/gs;
  for (const [, several, one, then = ''] of show(release, 'letta/schemas/tool.py').matchAll(branch)) {
    const constant = /module_name=(\w+)/.exec(then)?.[1];
    if (constant === undefined) continue;
    for (const [, type = ''] of (several ?? one ?? '').matchAll(/ToolType\.(\w+)/g))
      types.set(type.toLowerCase(), modules.get(constant) ?? null);
  }
  return types;
}

function functionsOf(release: string, module: string): string[] {
  const found = show(release, `letta/functions/function_sets/${module}.py`).matchAll(/^(?:async )?def ([a-z]\w*)\(/gm);
  return [...found].map(([, name = '']) => name);
}

/** Facts that hold for a run of releases; `until` is the last one, absent when the newest release still has it. */
class Ranges {
  readonly #open = new Map<string, { fact: object; from: string }>();
  readonly done: object[] = [];
  #last = '';

  at(release: string, facts: object[]): void {
    const now = new Map(facts.map((fact) => [JSON.stringify(fact), fact]));
    for (const [key, { fact, from }] of this.#open)
      if (!now.has(key)) {
        this.done.push({ ...fact, from, until: this.#last });
        this.#open.delete(key);
      }
    for (const [key, fact] of now) if (!this.#open.has(key)) this.#open.set(key, { fact, from: release });
    this.#last = release;
  }

  all(): string {
    const all = [...this.done, ...[...this.#open.values()].map(({ fact, from }) => ({ ...fact, from }))];
    return all
      .map((each) => JSON.stringify(each))
      .sort()
      .join(',\n');
  }
}

const types = new Ranges();
const tools = new Ranges();
for (const { version } of releases()) {
  const known = typesOf(version);
  types.at(
    version,
    [...known].map(([type, module]) => ({ type, module })),
  );
  const modules = [...new Set(known.values())].filter((module) => module !== null);
  tools.at(
    version,
    modules.flatMap((module) => functionsOf(version, module).map((name) => ({ module, name }))),
  );
}
const target = new URL('../src/letta/catalogue/built-in-tools.json', import.meta.url);
writeFileSync(target, `{"types":[\n${types.all()}\n],\n"tools":[\n${tools.all()}\n]}\n`);
