import { z } from 'zod';

/** How L2 of a row of vectors depends on how often it is learned from. */
export const frequencyScalingKey = z
  .number()
  .min(0)
  .max(1)
  .default(1)
  .describe('How far L2 of a row grows with how often it occurs: 0 = the same for all, 1 = in proportion.');

/** mass^exponent; 0 where there is no mass. */
export const powers = (mass: ArrayLike<number>, exponent: number): Float32Array =>
  Float32Array.from(mass, (value) => (value > 0 ? value ** exponent : 0));

/** c^(scaling - 1) of each row, c its occurrences in an epoch: its share in each of them. Undefined where all are 1. */
export const frequencyShares = (occurrences: () => ArrayLike<number>, scaling: number): Float32Array | undefined =>
  scaling === 1 ? undefined : powers(occurrences(), scaling - 1);
