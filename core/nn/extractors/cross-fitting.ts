import { gatherFeatures } from '../../data/index.ts';
import type { ComponentState, FeatureRows, FitOptions, ItemExtractor, StateTensor } from '../../spi/index.ts';
import type { Parameter } from '../parameter.ts';

/**
 * Cross-fitting: every item is read by the extractor of its fold, which has not learned from that fold, so that a
 * vector of a known item is as good as one of a new item (out-of-fold predictions, as in stacking: Wolpert 1992).
 * `foldsOf`: each row's place in `extractors`, by what is read of it alone.
 */
export const readByFold = (
  extractors: readonly ItemExtractor[],
  foldsOf: (items: FeatureRows) => Int32Array,
): Pick<ItemExtractor, 'subject' | 'width' | 'extract' | 'dispose'> => {
  const { width } = extractors[0]!;
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
    dispose: () => {
      for (const extractor of extractors) extractor.dispose?.();
    },
  };
};

/**
 * Trains one after another, as one fit with one progress and one checkpoint: `fit` trains the parameters of a fold.
 * What is resumed goes on in the fold that was interrupted.
 */
export const fitFolds = async (
  parameters: readonly (readonly Parameter[])[],
  { checkpoint, report, rng, ...rest }: FitOptions,
  fit: (fold: number, options: FitOptions) => Promise<void>,
): Promise<void> => {
  const folds = parameters.length;
  const saved = await checkpoint?.load();
  const resumed = saved && (saved.json as { fold: number }).fold;
  for (let fold = 0; fold < folds; fold++) {
    if (saved && fold < resumed!) {
      for (const { name, data } of parameters[fold]!) data.set(saved.tensors[`fold${fold}/${name}`]!.data);
      continue;
    }
    const done = (): Record<string, StateTensor> =>
      Object.fromEntries(
        parameters
          .slice(0, fold)
          .flatMap((own, f) => own.map(({ name, shape, data }) => [`fold${f}/${name}`, { shape, data: data.slice() }])),
      );
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
          load: async () => (saved && fold === resumed ? currentOf(saved) : undefined),
          save: ({ json, tensors }) =>
            checkpoint.save({
              json: { fold, training: json },
              tensors: { ...done(), ...prefixed('current/', tensors) },
            }),
        },
      }),
    });
  }
};

const prefixed = (prefix: string, tensors: Readonly<Record<string, StateTensor>>): Record<string, StateTensor> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${prefix}${name}`, tensor]));

const currentOf = ({ json, tensors }: ComponentState): ComponentState => ({
  json: (json as { training: ComponentState['json'] }).training,
  tensors: Object.fromEntries(
    Object.entries(tensors).flatMap(([name, tensor]) =>
      name.startsWith('current/') ? [[name.slice('current/'.length), tensor]] : [],
    ),
  ),
});
