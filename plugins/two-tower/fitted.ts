import {
  type Capabilities,
  type ComponentState,
  type FeatureRows,
  type FittedModel,
  historyMatrix,
  knownRows,
  knownTensor,
  type Matrix,
  type QueryBatch,
  vectorsOfItems,
} from 'recograph';
import { scoreByDot } from 'recograph/math';
import { encodeSide, hasFeatures, inferencePass, parameterTensors } from 'recograph/nn';
import { itemVectorsOf, userVectorsOf } from './encode.ts';
import type { TowerShape, Towers } from './towers.ts';
import type { TwoTowerDeps } from './two-tower.ts';

/**
 * Scores are dot products of unit vectors of users with the `learned` vectors of items; new items have unit vectors.
 * `towers` must not change any more; `known`: the
 * items that somebody chose.
 */
export const fittedTwoTower = (
  { runtime, kernels }: TwoTowerDeps,
  shape: TowerShape,
  towers: Towers,
  learned: Matrix,
  known: Uint8Array,
): FittedModel => {
  const { layout, dimensions } = shape;
  const memory = kernels.memory();
  const items: Matrix = { ...learned, data: memory.share(learned.data) };
  const pass = inferencePass(runtime, towers.dense);
  const coldItems = hasFeatures(layout, 'item');
  const capabilities: Capabilities = {
    feedback: ['implicit'],
    coldUsers: [
      ...(shape.history === 'none' ? [] : (['history'] as const)),
      ...(hasFeatures(layout, 'user') ? (['attributes'] as const) : []),
    ],
    coldItems,
    sequential: false,
    context: false,
    calibrated: 'none',
  };

  /** NaN where nothing is known of who asks. */
  const vectors = async (queries: QueryBatch): Promise<Matrix> => {
    const features =
      queries.userFeatures.rows === queries.size ? queries.userFeatures : { rows: queries.size, columns: {} };
    const side = encodeSide(layout, 'user', features, queries.users);
    return userVectorsOf(runtime, pass, towers, shape, side, historyMatrix(queries, items.rows));
  };
  const cold = (features: FeatureRows): Promise<Matrix> =>
    itemVectorsOf(runtime, pass, towers, shape, features, new Int32Array(features.rows).fill(-1));
  let vectorsOfKnown: Matrix | undefined;
  return {
    capabilities,
    score: async (queries, set) => {
      const placed = coldItems ? await vectorsOfItems(set, items, cold) : { vectors: items, set };
      return scoreByDot(kernels, await vectors(queries), placed.vectors, placed.set);
    },
    recommend: async (queries, n, limits) => kernels.topK(await vectors(queries), items, n, limits),
    itemVectors: () => {
      vectorsOfKnown ??= knownRows(items, (item) => known[item] === 1 || coldItems);
      return vectorsOfKnown;
    },
    userVectors: vectors,
    state: () => ({
      json: shape as unknown as ComponentState['json'],
      tensors: {
        ...parameterTensors(towers.parameters),
        items: { shape: [items.rows, dimensions], data: items.data.slice() },
        ...knownTensor(known),
      },
    }),
    dispose: () => {
      pass.dispose();
      memory.release();
    },
  };
};
