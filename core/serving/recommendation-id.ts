import { randomBytes } from 'node:crypto';

/**
 * A UUID of version 7 (RFC 9562): 48 bits of time, ms, then 74 random ones. Ids sort by time, and nobody guesses one.
 */
export const createRecommendationId = (now: number): string => {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Math.max(0, Math.floor(now)), 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/**
 * Whether an id is in a sample of that share, 0 to 1: by its last 32 bits, so that everybody says the same of it; what
 * is no id is.
 */
export const isSampled = (recommendationId: string, share: number): boolean =>
  !(Number.parseInt(recommendationId.slice(-8), 16) >= share * 2 ** 32);
