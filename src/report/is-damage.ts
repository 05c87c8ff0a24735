import { type ErrorCode, errorRegistry } from './error-registry.ts';
import { exitCodes } from './exit-codes.ts';

/** Whether an error's code says that the vault is damaged. False for codes that this version does not know. */
export const isDamage = (code: string): boolean => code in errorRegistry && errorRegistry[code as ErrorCode].exit === exitCodes.corruption;
