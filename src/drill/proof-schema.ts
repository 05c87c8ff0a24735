import * as v from 'valibot';
import { whyNotProven } from './failure.ts';
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

/** A proof's form. Members that a later compatible version adds are passed over. A failed drill may hold little; a proven one has no failure, but all that proves. */
export const proofSchema = v.pipe(
  v.object({
    format: v.literal(1),
    id: hex(16),
    started: time,
    time,
    tool: text(),
    host: v.object({ name: text(), platform: text(), node: text() }),
    outcome: v.picklist(['proven', 'failed']),
    failure: v.nullable(v.object({ code: text(), message: long })),
    snapshot: v.object({ id: hex(16), file: text(), contentId: hex(64), manifestHash: hex(64), time }),
    source: v.object({
      systemIdentifier: text(),
      database: text(),
      release: v.nullable(text()),
      revision: v.nullable(text()),
      postgres: text(),
    }),
    target: v.object({
      kind: v.picklist(['embedded', 'local', 'server']),
      postgres: text(),
      pgvector: v.nullable(text()),
      release: v.nullable(text()),
      revision: v.nullable(text()),
    }),
    phases: list(v.object({ name: text(), seconds: amount, recovery: v.boolean() })),
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
    losses: list(v.object({ class: text(), table: text(), column: v.nullable(text()), rows: count, reason: long })),
    checks: list(v.object({ code: text(), seconds: amount, findings: count })),
    findings: list(
      v.object({
        code: text(),
        severity: v.picklist(['error', 'warning', 'note']),
        where: text(),
        message: long,
        ids: list(text()),
        count,
        why: long,
        repair: v.nullable(long),
      }),
    ),
    queries: list(v.object({ name: text(), what: long, milliseconds: amount, rows: count })),
    warnings: list(v.object({ code: text(), message: long, partial: v.boolean() })),
    selfTest: v.nullable(
      v.object({
        seed: text(),
        planted: list(v.object({ table: text(), column: text(), row: long })),
        named: list(text()),
        passed: v.boolean(),
        undone: v.boolean(),
      }),
    ),
    server: v.nullable(
      v.object({
        version: text(),
        secondsToFirstAnswer: amount,
        compared: list(v.object({ what: long, expected: count, found: count, equal: v.boolean() })),
        network: v.nullable(v.object({ how: long, attempts: list(v.object({ to: text(), count })), controlCaught: v.boolean() })),
      }),
    ),
  }),
  v.check(({ outcome, failure }) => (outcome === 'proven') === (failure === null), 'outcome and failure do not agree'),
  v.check((proof) => proof.outcome === 'failed' || whyNotProven(proof) === null, 'it says proven and does not hold what proves it'),
) satisfies v.GenericSchema<unknown, Proof>;
