import { gatherFeatures } from '../../data/index.ts';
import {
  type ComponentState,
  type FeatureRows,
  type FitOptions,
  type ItemExtractor,
  underPrefix,
  withPrefix,
} from '../../spi/index.ts';
import { loadParameters, parameterTensors } from '../parameter.ts';
import type { ItemNetwork } from './network.ts';

/** Where a fold's tensors stand in a state: the first one's as if it were alone. */
export const foldPrefix = (fold: number): string => (fold === 0 ? '' : `fold${fold}/`);

/**
 * Cross-fitting: every item is read by the extractor of its fold, which has not learned from that fold, so that a
 * vector of a known item is as good as one of a new item (out-of-fold predictions, as in stacking: Wolpert 1992).
 * `foldsOf`: each row's place in `extractors`, by what is read of it alone. The state has the first one's json, and the tensors
 * of all.
 */
export const readByFold = (
  extractors: readonly ItemExtractor[],
  foldsOf: (items: FeatureRows) => Int32Array,
): ItemExtractor => {
  const [first, ...others] = extractors;
  if (others.length === 0) return first!;
  const { width } = first!;
  return {
    subject: 'item',
    width,
    extract: async (items) => {
      const data = new Float32Array(items.rows * width).fill(Number.NaN);
      const folds = foldsOf(items);
      for (const [fold, extractor] of extractors.entries()) {
        const rows = Int32Array.from(folds.keys()).filter((row) => folds[row] === fold);
        if (rows.length === 0) continue;
        const found = await extractor.extract(gatherFeatures(items, rows));
        rows.forEach((row, r) => {
          data.set(found.data.subarray(r * width, (r + 1) * width), row * width);
        });
      }
      return { rows: items.rows, columns: width, data };
    },
    state: () => {
      const states = extractors.map((extractor) => extractor.state());
      const tensors = states.map((state, fold) => withPrefix(foldPrefix(fold), state.tensors));
      return { json: states[0]!.json, tensors: Object.assign({}, ...tensors) };
    },
    dispose: () => {
      for (const extractor of extractors) extractor.dispose?.();
    },
  };
};

/** A checkpoint: the networks that are done, and the training of the next one. */
interface FoldsState extends ComponentState {
  readonly json: { readonly fold: number; readonly training: ComponentState['json'] };
}
const CURRENT = 'current/';

/**
 * Trains one network after another, as one fit with one progress and one checkpoint; `fit` trains that of a fold. What is resumed
 * goes on in the fold that was interrupted.
 */
export const fitFolds = async (
  networks: readonly Pick<ItemNetwork, 'parameters'>[],
  options: FitOptions,
  fit: (fold: number, options: FitOptions) => Promise<void>,
): Promise<void> => {
  const folds = networks.length;
  if (folds === 1) return fit(0, options);
  const { checkpoint, report, rng, ...rest } = options;
  const saved = (await checkpoint?.load()) as FoldsState | undefined;
  const resumed = saved?.json.fold ?? 0;
  for (const [fold, network] of networks.entries()) {
    if (fold < resumed) {
      loadParameters(network.parameters, underPrefix(foldPrefix(fold), saved!.tensors));
      continue;
    }
    const done = () =>
      networks.slice(0, fold).map((network, f) => withPrefix(foldPrefix(f), parameterTensors(network.parameters)));
    await fit(fold, {
      ...rest,
      rng: rng.fork(`fold ${fold}`),
      report: ({ epoch, epochs, fraction = epoch / epochs, ...progress }) =>
        report({
          ...progress,
          epoch: fold * epochs + epoch,
          epochs: folds * epochs,
          fraction: (fold + fraction) / folds,
        }),
      ...(checkpoint && {
        checkpoint: {
          load: async () =>
            saved && fold === resumed
              ? { json: saved.json.training, tensors: underPrefix(CURRENT, saved.tensors) }
              : undefined,
          save: ({ json, tensors }) =>
            checkpoint.save({
              json: { fold, training: json },
              tensors: Object.assign({}, ...done(), withPrefix(CURRENT, tensors)),
            }),
        },
      }),
    });
  }
};
