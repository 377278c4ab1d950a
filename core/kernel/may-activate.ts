import type { Config } from '../registry/sections/index.ts';
import type { TrainOptions } from './recommender.ts';

/** What speaks against a bundle that nobody asked for by name. */
export interface Doubts {
  /** Whether another bundle is active. */
  readonly replaces: boolean;
  /** Whether the loss of a component diverged. */
  readonly diverged: boolean;
  /** Targets that rank worse than popularity, `pipelines.home`. */
  readonly worse: ReadonlySet<string>;
  /** Against the active bundle's first metric, within `tolerance`; cannot be compared = not worse. */
  notWorse(tolerance: number): Promise<boolean>;
}

/**
 * Whether a bundle is activated: as asked; else unless it is worth nothing, and `if-not-worse` unless it is worse than
 * the active one. Worth nothing: a component diverged, or the first pipeline ranks worse than popularity and than the
 * active bundle. A first bundle is activated in any case: without it nothing is served.
 */
export const mayActivate = async (
  asked: TrainOptions['activate'],
  config: Config,
  { replaces, diverged, worse, notWorse }: Doubts,
): Promise<boolean> => {
  if (typeof asked === 'boolean') return asked;
  if (!replaces) return true;
  const [pipeline] = Object.keys(config.pipelines);
  if (diverged) return false;
  if (worse.has(`pipelines.${pipeline}`) && !(await notWorse(0))) return false;
  return asked === undefined || notWorse(config.training.tolerance);
};
