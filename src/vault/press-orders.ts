import type { ObjectKind } from './vault.ts';

/** What is said between the press and its thread. */

/** What the press needs of a vault's keys. */
export interface PressKeys {
  nameKey: Uint8Array;
  /** `age1…`; null in a vault that is not sealed. */
  recipient: string | null;
  /** `AGE-SECRET-KEY-…`; null where there is none: nothing can be, or need be, opened. */
  identity: string | null;
}

/** What a content's name stands for, besides its bytes. */
export interface NameParts {
  kind: ObjectKind;
  shapeHash: Uint8Array;
  rows: number;
}

/** The name of a content whose pieces lie in shared memory, or were copied for this. */
export interface NameOrder extends NameParts {
  order: 'name';
  size: number;
  pieces: Uint8Array[];
  /** Where the thread keeps a copy of the content, to be sealed; null when only the name is wanted. */
  slot: number | null;
}

/** Makes an object of the content that a slot holds. */
export interface SealOrder {
  order: 'seal';
  slot: number;
}

/** Whether stored bytes are the object of that name. */
export interface CheckOrder extends NameParts {
  order: 'check';
  name: string;
  stored: Uint8Array;
}

export type PressOrder = NameOrder | SealOrder | CheckOrder;

/** `fileKey` opens the object that it comes with; null in a vault that is not sealed. */
export type PressAnswer = { name: string } | { sealed: Uint8Array; fileKey: Uint8Array | null } | { checked: number } | { failure: string };

/** The thread does what it is asked in that order, and says for each answer which question it belongs to. */
export type Numbered<Message> = { number: number; message: Message };
