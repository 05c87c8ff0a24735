import * as v from 'valibot';
import type { Proof } from './proof.ts';

// Names and messages come from databases: they may hold anything but endless text. What shows them cleans them.
const text = (longest = 4096) => v.pipe(v.string(), v.maxLength(longest));
const long = text(1_000_000);
const hex = (digits: number) => v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${digits}}$`)));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const time = v.pipe(v.string(), v.maxLength(40), v.isoTimestamp());
const list = <const T extends v.GenericSchema>(item: T) => v.pipe(v.array(item), v.maxLength(1_000_000));

/** Just enough to tell a proof of a newer Lifeboat before its other fields are judged. */
export const proofHead = v.object({ format: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) });

/** A proof's form. Members that a later compatible version adds are passed over. A failed drill may hold little; a proven one has no failure. */
export const proofSchema = v.pipe(
  v.object({
    format: v.literal(1),
    id: hex(16),
    started: time,
    time,
    tool: text(64),
    host: v.object({ name: text(255), platform: text(255), node: text(64) }),
    outcome: v.picklist(['proven', 'failed']),
    failure: v.nullable(v.object({ code: text(64), message: long })),
    snapshot: v.object({ id: hex(16), file: text(255), contentId: hex(64), manifestHash: hex(64), time }),
    source: v.object({
      systemIdentifier: text(64),
      database: text(255),
      release: v.nullable(text(64)),
      revision: v.nullable(text(255)),
      postgres: text(255),
    }),
    target: v.object({
      kind: v.picklist(['embedded', 'local', 'server']),
      postgres: text(255),
      pgvector: v.nullable(text(64)),
      release: v.nullable(text(64)),
      revision: v.nullable(text(255)),
    }),
    phases: list(v.object({ name: text(255), seconds: amount, recovery: v.boolean() })),
    recoveryTime: v.nullable(amount),
    // Clocks differ: a snapshot may seem to be from the future by a little.
    dataAge: v.pipe(v.number(), v.finite()),
    rows: count,
    bytes: count,
    equality: v.nullable(
      v.object({ equal: v.boolean(), tables: count, differences: list(v.object({ table: text(), reason: text(), rows: list(long) })) }),
    ),
    agents: list(
      v.object({
        id: text(),
        name: long,
        messages: count,
        inContext: count,
        blocks: count,
        passages: count,
        tools: count,
        equal: v.boolean(),
      }),
    ),
    losses: list(v.object({ class: text(64), table: text(), column: v.nullable(text()), rows: count, reason: long })),
    checks: list(v.object({ code: text(64), seconds: amount, findings: count })),
    findings: list(
      v.object({
        code: text(64),
        severity: v.picklist(['error', 'warning', 'note']),
        where: text(),
        message: long,
        ids: list(text()),
        count,
        why: long,
        repair: v.nullable(long),
      }),
    ),
    queries: list(v.object({ name: text(255), what: long, milliseconds: amount, rows: count })),
    warnings: list(v.object({ code: text(64), message: long, partial: v.boolean() })),
    selfTest: v.nullable(
      v.object({
        seed: text(255),
        planted: list(v.object({ table: text(), column: text(), row: long })),
        named: list(text()),
        passed: v.boolean(),
        undone: v.boolean(),
      }),
    ),
    server: v.nullable(
      v.object({
        version: text(255),
        secondsToFirstAnswer: amount,
        compared: list(v.object({ what: long, expected: count, found: count, equal: v.boolean() })),
        network: v.nullable(v.object({ how: long, attempts: list(v.object({ to: text(), count })), controlCaught: v.boolean() })),
      }),
    ),
  }),
  v.check(({ outcome, failure }) => (outcome === 'proven') === (failure === null), 'outcome and failure do not agree'),
) satisfies v.GenericSchema<unknown, Proof>;
