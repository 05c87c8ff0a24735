import { sign, verify } from 'node:crypto';
import { privateKeyFromRaw, publicKeyFromRaw } from './key-agreement.ts';

/** Ed25519 over a UTF-8 text, base64. `signKey` is the 32-byte seed. */
export function signText(text: string, signKey: Buffer): string {
  return sign(null, Buffer.from(text), privateKeyFromRaw('ed25519', signKey)).toString('base64');
}

/** Whether a signature is the one of `signText`; other spellings of the same base64 are refused. */
export function verifyText(text: string, signature: string, verifyKey: Buffer): boolean {
  const bytes = Buffer.from(signature, 'base64');
  if (bytes.length !== 64 || bytes.toString('base64') !== signature) return false;
  return verify(null, Buffer.from(text), publicKeyFromRaw('ed25519', verifyKey), bytes);
}
