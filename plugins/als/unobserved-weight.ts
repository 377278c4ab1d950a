import type { Csr } from 'recograph';
import type { AlsConfig, AlsOptions } from './index.ts';

/** Dense data are best with it. */
const LARGEST = 0.3;

/**
 * unobservedWeight: 'auto' = min(.3, max(16 positives / (users x items), 430 / sqrt(users x items))), each positive pair
 * counted once. Penalties grow with unobservedWeight x items (users): at one weight for all data they outgrow what is
 * observed as the catalogue grows, until the cheapest vectors are all 0. At the default regularization, .007, this keeps
 * regularization x unobservedWeight x sqrt(users x items), about the penalties' geometric mean, below the larger of 3
 * and .112 positives / sqrt(users x items). The largest singular value of the observations, which they must not reach,
 * is at least positives / sqrt(users x items), and at least the root of the most frequent item's count.
 */
export const settleUnobservedWeight = (config: AlsOptions, { rows, columns, indices }: Csr): AlsConfig => {
  const { unobservedWeight } = config;
  const pairs = rows * columns;
  const fitting = Math.min(LARGEST, Math.max((16 * indices.length) / pairs, 430 / Math.sqrt(pairs)));
  return {
    ...config,
    unobservedWeight: unobservedWeight === 'auto' ? fitting : unobservedWeight,
  };
};

/** Of a state: what it was trained with. States without it had .3 unless the config said otherwise. */
export const trainedWith = (config: AlsOptions, { unobservedWeight }: { unobservedWeight?: number }): AlsConfig => ({
  ...config,
  unobservedWeight: unobservedWeight ?? (config.unobservedWeight === 'auto' ? LARGEST : config.unobservedWeight),
});
