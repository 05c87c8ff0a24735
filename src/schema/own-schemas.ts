/**
 * Schema in a database that was built at another release: rows that the target's server would refuse, and what could
 * not be placed there. Exists only when it holds some; it is the user's, and travels with later backups.
 */
export const setAsideSchema = 'lifeboat_set_aside';
