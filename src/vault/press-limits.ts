/** Contents that the press makes objects of: what is smaller is made where it is, what is larger is streamed. */
export const smallest = 256 * 1024;
export const largest = 16 * 1024 * 1024;
/** An object that is smaller than this is checked faster than another thread is started. */
export const smallestStored = 64 * 1024;
/**
 * Contents that the press's thread holds at once: one is sealed, and one was named or is named meanwhile. Of each only what
 * was ever used takes up memory: the largest segment.
 */
export const slotCount = 2;
