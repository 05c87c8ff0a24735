/** Which fields leave, in which order. */
export interface ProjectionSpec {
  /** Number of fields in each row that comes in. */
  fields: number;
  /** For each field that leaves: the index of one that comes in, or a value in binary format (null = NULL) for every row. */
  keep: readonly (number | { constant: Buffer | null })[];
}

/** Bytes that are the same in every row, or neighbouring fields from … to (exclusive) with their length words. */
export type ProjectionStep = { bytes: Buffer } | { bytes: null; from: number; to: number };

export interface ProjectionPlan {
  /** Together the whole row; the first one begins with the number of fields. */
  steps: ProjectionStep[];
  /** Per field that comes in: 1 = it leaves. */
  kept: Uint8Array;
  /** Whether fields leave in the order in which they come, each once. `leads` and `tail` are for that case. */
  ascending: boolean;
  /** Per kept field: the constants between the kept field before it and itself (the number of fields before the first one). */
  leads: (Buffer | undefined)[];
  /** Constants behind the last kept field; the row's whole bytes if no field is kept. */
  tail: Buffer;
}

/** Makes steps of a spec: neighbours that stay neighbours are one. @throws RangeError for a field that rows do not have */
export function compilePlan({ fields, keep }: ProjectionSpec): ProjectionPlan {
  const plan: ProjectionPlan = { steps: [], kept: new Uint8Array(fields), ascending: true, leads: [], tail: Buffer.alloc(0) };
  const count = Buffer.alloc(2);
  count.writeUInt16BE(keep.length);
  let constants: Buffer[] = [count];
  let previous = -1;
  const flush = (): Buffer => {
    const bytes = Buffer.concat(constants);
    if (bytes.length > 0) plan.steps.push({ bytes });
    constants = [];
    return bytes;
  };
  for (const each of keep) {
    if (typeof each !== 'number') {
      constants.push(encodedField(each.constant));
      continue;
    }
    if (!Number.isInteger(each) || each < 0 || each >= fields) throw new RangeError(`rows of ${fields} fields have no field ${each}`);
    const lead = flush();
    const last = plan.steps.at(-1);
    if (last?.bytes === null && last.to === each) last.to++;
    else plan.steps.push({ bytes: null, from: each, to: each + 1 });
    plan.leads[each] = lead;
    plan.kept[each] = 1;
    if (each <= previous) plan.ascending = false;
    previous = each;
  }
  plan.tail = flush();
  return plan;
}

function encodedField(value: Buffer | null): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(value?.length ?? -1);
  return value === null ? length : Buffer.concat([length, value]);
}
