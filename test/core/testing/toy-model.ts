import {
  type Capabilities,
  type Component,
  type Dataset,
  defineModel,
  type FitOptions,
  type FittedModel,
  type Kernels,
  limitOf,
  type Model,
  RecographError,
  scoreRows,
  type TensorRuntime,
  tokens,
  yieldToEvents,
} from 'recograph';
import { topK } from 'recograph/math';
import { z } from 'zod';

export interface Learned {
  readonly items: number;
  /** [items x items] how many users chose both. */
  readonly together: Float32Array;
  readonly noise: Float32Array;
}

export interface Collaborators {
  readonly runtime: TensorRuntime;
  readonly kernels: Kernels;
}

/** How a broken one differs from the good one. */
export interface Breach {
  readonly config?: z.ZodObject;
  readonly capabilities?: Partial<Capabilities>;
  readonly options?: (options: FitOptions) => FitOptions;
  readonly data?: (data: Dataset) => void;
  readonly learned?: (learned: Learned, data: Dataset) => Learned;
  readonly restored?: (learned: Learned) => Learned;
  readonly fitted?: (good: FittedModel, collaborators: Collaborators) => FittedModel;
  readonly model?: (good: Model, collaborators: Collaborators) => Model;
}

/** Items chosen together with those of the history, and a little seeded noise: keeps every contract. */
export const toyModel = (breach: Breach = {}): Component<'model'> =>
  defineModel({
    type: 'toy',
    config: breach.config ?? z.strictObject({}),
    inject: { runtime: tokens.runtime, kernels: tokens.kernels },
    create: (_config, collaborators) => {
      const made = (learned: Learned): FittedModel => {
        const good = fitted(learned, breach.capabilities);
        return breach.fitted?.(good, collaborators) ?? good;
      };
      const good: Model = {
        fit: async (data, _inputs, given) => {
          const options = breach.options?.(given) ?? given;
          breach.data?.(data);
          const learned = await learn(data, options);
          return made(breach.learned?.(learned, data) ?? learned);
        },
        restore: ({ tensors }) => {
          const learned = {
            items: tensors.noise!.data.length,
            together: tensors.together!.data as Float32Array,
            noise: tensors.noise!.data as Float32Array,
          };
          return made(breach.restored?.(learned) ?? learned);
        },
      };
      return breach.model?.(good, collaborators) ?? good;
    },
  });

const EPOCHS = 2;

const learn = async (data: Dataset, { rng, signal, report }: FitOptions): Promise<Learned> => {
  const { offsets, indices } = data.positives();
  if (indices.length === 0) throw new RecographError('DATA_EMPTY', 'Nothing to learn from.');
  const items = data.items.size;
  const together = new Float32Array(items * items);
  for (let u = 0; u < data.users.size; u++) {
    const own = indices.subarray(offsets[u]!, offsets[u + 1]!);
    for (const a of own) for (const b of own) together[a * items + b]! += 1;
  }
  const noise = new Float32Array(items);
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    await yieldToEvents(signal);
    for (let i = 0; i < items; i++) noise[i]! += 0.1 * rng.next();
    report({ epoch, epochs: EPOCHS, loss: 1 / epoch });
  }
  return { items, together, noise };
};

const fitted = ({ items, together, noise }: Learned, claimed: Partial<Capabilities> = {}): FittedModel => {
  const score: FittedModel['score'] = async ({ histories, ...queries }, set) =>
    scoreRows({ ...queries, histories }, set, (query, indices, scores) => {
      const from = histories.offsets[query]!;
      const to = histories.offsets[query + 1]!;
      for (const [k, item] of indices.entries()) {
        let sum = from < to && item < items ? noise[item]! : Number.NaN;
        for (let e = from; e < to; e++) {
          if (histories.weights[e]! > 0) sum += together[histories.items[e]! * items + item]!;
        }
        scores[k] = item < items ? sum : Number.NaN;
      }
    });
  const indices = Int32Array.from({ length: items }, (_, item) => item);
  return {
    capabilities: {
      feedback: ['implicit'],
      coldUsers: ['history'],
      coldItems: false,
      sequential: false,
      context: false,
      calibrated: 'none',
      ...claimed,
    },
    score,
    recommend: async (queries, n, limits) => {
      const scores = await score(queries, { kind: 'shared', indices, features: { rows: items, columns: {} } });
      return Array.from({ length: queries.size }, (_, q) => {
        const allowed = limitOf(limits, q);
        const own = scores.slice(q * items, (q + 1) * items).map((s, item) => (allowed(item) ? s : Number.NaN));
        return topK(own, n);
      });
    },
    similarItems: async (asked, n, limits) =>
      Array.from(asked, (item, q) => {
        const allowed = limits ? limitOf(limits, q) : () => true;
        const row = together.slice(item * items, (item + 1) * items);
        return topK(
          row.map((count, other) => (other !== item && allowed(other) ? count : Number.NaN)),
          n,
        );
      }),
    itemVectors: () => ({ rows: items, columns: items, data: together }),
    state: () => ({
      json: { of: 'toy' },
      tensors: { together: { shape: [items, items], data: together }, noise: { shape: [items], data: noise } },
    }),
  };
};
