import type { PluginSplit, SplitConfig } from '../../registry/sections/index.ts';
import type { Splitter } from '../../spi/index.ts';
import { leaveLastOut } from './leave-last-out.ts';
import { randomSplit } from './random.ts';
import { temporalSplit } from './temporal.ts';

export { type DescribeIds, type GivenFold, givenParts, type PartEvents } from './given.ts';
export { leaveLastOut } from './leave-last-out.ts';
export { randomSplit } from './random.ts';
export { temporalSplit } from './temporal.ts';

/** A split that divides the imported events. The others (`given`, `folds`) read files: `givenParts`. */
export type RowSplitConfig = Exclude<SplitConfig, { use: 'given' | 'folds' }>;
/** Those that need no plugin. */
export type BuiltInRowSplit = Exclude<RowSplitConfig, PluginSplit>;

/** The built-in splitter of a config's `evaluation.split`. */
export const createSplitter = (split: BuiltInRowSplit): Splitter => {
  if (split.use === 'random') return randomSplit(split);
  if (split.use === 'leave-last-out') return leaveLastOut(split);
  const { at, test, validation } = split;
  return temporalSplit(at === undefined ? { test, validation } : { at, test, validation });
};
