const hex = (number: number): string => number.toString(16).padStart(12, '0');

/** An id of Letta's form, the same for the same number. */
export function id(prefix: string, number: number): string {
  return `${prefix}-00000000-0000-4000-8000-${hex(number)}`;
}

export const defaultOrganization = id('org', 0);
