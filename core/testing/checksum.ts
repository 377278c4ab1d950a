import { createHash, type Hash } from 'node:crypto';

/** SHA-256 of everything reachable through plain objects and arrays; functions are left out. */
export const checksum = (value: unknown): string => {
  const hash = createHash('sha256');
  walk(value, hash, new Set());
  return hash.digest('hex');
};

const walk = (value: unknown, hash: Hash, seen: Set<object>): void => {
  if (ArrayBuffer.isView(value)) {
    hash.update(`view ${value.byteLength} `).update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    return;
  }
  if (typeof value !== 'object' || value === null) {
    if (typeof value !== 'function') hash.update(`${typeof value} ${String(value)} `);
    return;
  }
  if (seen.has(value)) return;
  seen.add(value);
  for (const [key, part] of Object.entries(value)) {
    hash.update(`${key}: `);
    walk(part, hash, seen);
  }
};
