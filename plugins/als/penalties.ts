import type { AlsConfig } from './index.ts';

/**
 * The L2 weight of each row: regularization * (observations + unobservedWeight * others)^frequencyScaling
 * (Rendle, Krichene, Zhang, Koren 2022, eq. 6); `others` is the size of the other side. explicit: no unobserved.
 */
export const penaltiesOf = (config: AlsConfig, offsets: Uint32Array, others: number): Float32Array => {
  const implicit = config.feedback === 'implicit';
  const regularization = config.regularization ?? (implicit ? 0.007 : 10);
  const power = config.frequencyScaling ?? (implicit ? 1 : 0);
  const base = implicit ? config.unobservedWeight * others : 0;
  const penalties = new Float32Array(offsets.length - 1);
  for (let r = 0; r < penalties.length; r++) {
    const scaled = regularization * (offsets[r + 1]! - offsets[r]! + base) ** power;
    // A row without observations must stay solvable: its solution is 0 with any weight above 0.
    penalties[r] = Math.max(scaled, 1e-9);
  }
  return penalties;
};
