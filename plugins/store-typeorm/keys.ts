import { hash } from 'node:crypto';

/** A caller's idempotency key as 16 bytes in hex. The prefix keeps it apart from the keys of imported rows. */
export const keyHex = (key: string): string => hash('sha256', `key\0${key}`).slice(0, 32);
