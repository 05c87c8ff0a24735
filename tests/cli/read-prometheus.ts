export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const metric = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const sample = new RegExp(`^(${metric})(?:\\{(.*)\\})? (\\S+)$`);
const label = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(?:,|$)/;

/**
 * Reads Prometheus' text format 0.0.4 by its rules, strictly: HELP and TYPE once, before the samples; all lines of a
 * metric together; no timestamps (a textfile collector refuses them); no sample twice; a line feed at the end.
 */
export function readPrometheus(text: string): Sample[] {
  if (!text.endsWith('\n')) throw new Error('the last line must end with a line feed');
  const samples: Sample[] = [];
  const typed = new Map<string, string>();
  const helped = new Set<string>();
  const seen = new Set<string>();
  let current = '';
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue;
    const [, kind, name = '', rest = ''] = new RegExp(`^# (HELP|TYPE) (${metric}) (.*)$`).exec(line) ?? [];
    if (kind === 'HELP') {
      if (helped.has(name) || /\\(?![\\n])/.test(rest)) throw new Error(`HELP: ${line}`);
      helped.add(name);
    } else if (kind === 'TYPE') {
      if (typed.has(name) || !['counter', 'gauge', 'histogram', 'summary', 'untyped'].includes(rest)) throw new Error(`TYPE: ${line}`);
      typed.set(name, rest);
      current = name;
    } else if (line.startsWith('#')) throw new Error(`neither HELP nor TYPE: ${line}`);
    else {
      const [, own = '', labels = '', value = ''] = sample.exec(line) ?? [];
      if (own === '' || own !== current || !typed.has(own) || !helped.has(own)) throw new Error(`a sample out of place: ${line}`);
      if (!/^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|NaN|[+-]?Inf)$/i.test(value)) throw new Error(`no number: ${line}`);
      const key = line.slice(0, line.length - value.length);
      if (seen.has(key)) throw new Error(`twice: ${key}`);
      seen.add(key);
      samples.push({ name: own, labels: readLabels(labels), value: Number(value) });
    }
  }
  return samples;
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let rest = text; rest !== ''; ) {
    const [whole, name = '', value = ''] = label.exec(rest) ?? [];
    if (whole === undefined || name in labels) throw new Error(`labels: ${text}`);
    labels[name] = value.replace(/\\(["\\n])/g, (_, character: string) => (character === 'n' ? '\n' : character));
    rest = rest.slice(whole.length);
  }
  return labels;
}
