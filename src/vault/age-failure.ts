/**
 * Why an age file does not open. Stays inside the vault room: what is read decides which registered error it becomes
 * (a damaged object, a damaged key file, a wrong key).
 */
export class AgeFailure extends Error {
  readonly kind: 'header' | 'no match' | 'mac' | 'payload';

  constructor(kind: AgeFailure['kind'], reason: string) {
    super(`age ${kind}: ${reason}`);
    this.kind = kind;
  }
}
