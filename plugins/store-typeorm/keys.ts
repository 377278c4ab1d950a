import { createHash } from 'node:crypto';

/** A caller's idempotency key as 16 bytes. The prefix keeps it apart from the keys of imported rows. */
export const keyBytes = (key: string): Buffer => createHash('sha256').update(`key\0${key}`).digest().subarray(0, 16);
