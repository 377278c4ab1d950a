import type {
  Capabilities,
  ComponentState,
  Csr,
  FeatureRows,
  FittedModel,
  Inputs,
  ItemVectorSource,
  Kernels,
  Matrix,
  Model,
  QueryBatch,
} from 'recograph';
import { itemVectorSource, RecographError, throwIfCancelled, vectorsOfItems } from 'recograph';
import { createKnownMeans, scoreByDot } from 'recograph/math';
import { withoutColdHistory } from './known-history.ts';
import { applyMapping, fitMapping, leaveOneOut } from './mapping.ts';

export interface FactorMappingConfig {
  readonly model: string;
  readonly vectors: string | readonly string[];
  readonly regularization: number;
  readonly shrinkage: number;
  readonly leaveOneOut: boolean;
}

/** A model with factors of items and of users. */
type FactorModel = FittedModel & Required<Pick<FittedModel, 'itemVectors' | 'userVectors'>>;

interface Parts {
  readonly target: FactorModel;
  /** Each has a mapping of its own. */
  readonly sources: readonly ItemVectorSource[];
  /** What the items' vectors are mapped from again when a bundle is loaded; undefined = they lie in the bundle. */
  readonly kept: readonly Matrix[] | undefined;
}

export const createFactorMapping = (config: FactorMappingConfig, { kernels }: { readonly kernels: Kernels }): Model => {
  const partsOf = (inputs: Inputs): Parts => {
    const target = factorModel(inputs.model(config.model), config.model);
    const sources = [config.vectors].flat().map((name) => itemVectorSource(inputs.vectors(name), name));
    const kept = sources.flatMap((source) => source.kept() ?? []);
    return { target, sources, kept: config.leaveOneOut || kept.length < sources.length ? undefined : kept };
  };
  return {
    fit: async (data, inputs, { signal, report }) => {
      throwIfCancelled(signal);
      const parts = partsOf(inputs);
      const { target, sources } = parts;
      const factors = target.itemVectors();
      const weights = itemWeights(data.positivesByItem(), config.shrinkage);
      const mappings: Matrix[] = [];
      const answers: Matrix[] = [];
      for (const source of sources) {
        const vectors = await source.known(data.itemFeatures);
        throwIfCancelled(signal);
        const found = fitMapping(vectors, factors, weights, config.regularization, config.leaveOneOut);
        const mapping = found?.mapping ?? nothing(vectors, factors);
        const mapped = applyMapping(vectors, mapping);
        mappings.push(mapping);
        answers.push(found?.inverse ? leaveOneOut(mapped, vectors, factors, weights, found.inverse) : mapped);
        report({ epoch: mappings.length, epochs: sources.length });
      }
      return fittedMapping(kernels, mappings, meanOf(answers), parts);
    },
    restore: (state, inputs) => {
      const parts = partsOf(inputs);
      const mappings = parts.sources.map((_, s) => matrixOf(state, mappingName(s)));
      const items = parts.kept
        ? meanOf(parts.kept.map((vectors, s) => applyMapping(vectors, mappings[s]!)))
        : matrixOf(state, 'items');
      return fittedMapping(kernels, mappings, items, parts);
    },
  };
};

const factorModel = (model: FittedModel, name: string): FactorModel => {
  if (model.itemVectors && model.userVectors) return model as FactorModel;
  throw new RecographError(
    'CONFIG_INVALID',
    `factor-mapping learns another model's factors; "${name}" has none of items and users. Name one that has (als, mf).`,
    { at: 'model' },
  );
};

/** n / (n + shrinkage) for an item with n positives: the factors of items seen often are the better known ones. */
const itemWeights = (byItem: Csr, shrinkage: number): Float64Array =>
  Float64Array.from({ length: byItem.rows }, (_, i) => {
    const count = byItem.offsets[i + 1]! - byItem.offsets[i]!;
    return count === 0 ? 0 : count / (count + shrinkage);
  });

/** No item to learn from: no item can be scored. */
const nothing = (vectors: Matrix, factors: Matrix): Matrix => ({
  rows: vectors.columns + 1,
  columns: factors.columns,
  data: new Float32Array((vectors.columns + 1) * factors.columns).fill(Number.NaN),
});

const matrixOf = (state: ComponentState, name: string): Matrix => {
  const { shape, data } = state.tensors[name]!;
  return { rows: shape[0]!, columns: shape[1]!, data: data as Float32Array };
};

/** Of the same items, each of which may lack a vector for some of the mappings. */
const meanOf = (answers: readonly Matrix[]): Matrix => {
  const [first, ...others] = answers;
  if (others.length === 0) return first!;
  const means = createKnownMeans(first!.data.length);
  for (const { data } of answers) means.add(data);
  return { ...first!, data: means.result() };
};

const mappingName = (source: number): string => (source === 0 ? 'mapping' : `mapping${source}`);

/** The third parameter: the mapped vectors of the vocabulary's items. */
const fittedMapping = (
  kernels: Kernels,
  mappings: readonly Matrix[],
  { rows, columns, data }: Matrix,
  { target, sources, kept }: Parts,
): FittedModel => {
  const memory = kernels.memory();
  const items = { rows, columns, data: memory.share(data) };
  const coldItems = sources.some((source) => source.coldItems);
  const capabilities: Capabilities = { ...target.capabilities, coldItems, calibrated: 'none' };
  const users = (queries: QueryBatch) =>
    target.userVectors(target.capabilities.coldItems ? queries : withoutColdHistory(queries, items.rows));
  const cold = async (features: FeatureRows) => {
    const answers: Matrix[] = [];
    for (const [s, source] of sources.entries())
      answers.push(applyMapping(await source.extract(features), mappings[s]!));
    return meanOf(answers);
  };
  return {
    capabilities,
    ...(target.requires && { requires: target.requires }),
    score: async (queries, set) => {
      const placed = await vectorsOfItems(set, items, cold);
      return scoreByDot(kernels, await users(queries), placed.vectors, placed.set);
    },
    itemVectors: () => items,
    userVectors: users,
    state: (): ComponentState => ({
      json: {},
      tensors: {
        ...Object.fromEntries(
          mappings.map(({ rows, columns, data }, s) => [mappingName(s), { shape: [rows, columns], data }]),
        ),
        ...(kept ? {} : { items: { shape: [items.rows, items.columns], data: items.data.slice() } }),
      },
    }),
    dispose: () => memory.release(),
  };
};
