import {
  type ComponentState,
  type FittedModel,
  type Json,
  type Model,
  RecographError,
  throwIfCancelled,
  underPrefix,
  withPrefix,
} from 'recograph';
import { createKnownMeans } from 'recograph/math';
import { resample } from './resample.ts';

export interface BaggingConfig {
  readonly model: string;
  readonly members: number;
  readonly share: number;
}

/** Fits `config.model` once for each member, each on events drawn with replacement (`resample`). */
export const createBagging = ({ model, members, share }: BaggingConfig): Model => ({
  fit: async (data, inputs, { checkpoint, ...options }) => {
    throwIfCancelled(options.signal);
    const events = data.interactions.length;
    if (events === 0) throw new RecographError('DATA_EMPTY', 'bagging has no events to draw from.');
    const trainer = inputs.trainer(model);
    const saved = await checkpoint?.load();
    const fitted: FittedModel[] = [];
    try {
      for (const state of saved ? membersOf(saved) : []) fitted.push(await trainer.restore(state));
      for (let member = fitted.length; member < members; member++) {
        const rng = options.rng.fork(`member ${member}`);
        const drawn = resample(data, Math.max(1, Math.round(share * events)), rng.fork('events'));
        const report: typeof options.report = ({ fraction = 0, loss }) =>
          options.report({
            epoch: member + 1,
            epochs: members,
            fraction: (member + fraction) / members,
            ...(loss !== undefined && { loss }),
          });
        fitted.push(await trainer.fit(drawn, { ...options, rng, report }));
        await checkpoint?.save(stateOf(fitted));
        options.report({ epoch: member + 1, epochs: members, fraction: (member + 1) / members });
      }
      return ensemble(fitted);
    } catch (error) {
      for (const member of fitted) member.dispose?.();
      throw error;
    }
  },
  restore: async (state, inputs) => {
    const trainer = inputs.trainer(model);
    return ensemble(await Promise.all(membersOf(state).map((member) => trainer.restore(member))));
  },
});

/** Scores: the mean over the members that can score; NaN where none can. */
const ensemble = (members: readonly FittedModel[]): FittedModel => {
  const first = members[0]!;
  return {
    capabilities: first.capabilities,
    ...(first.requires && { requires: first.requires }),
    score: async (queries, items) => {
      const means = createKnownMeans(scoreCount(queries.size, items));
      for (const member of members) means.add(await member.score(queries, items));
      return means.result();
    },
    state: () => stateOf(members),
    dispose: () => {
      for (const member of members) member.dispose?.();
    },
  };
};

const scoreCount = (queries: number, items: Parameters<FittedModel['score']>[1]): number =>
  items.kind === 'shared' ? queries * items.indices.length : items.indices.length;

const stateOf = (members: readonly FittedModel[]): ComponentState => {
  const states = members.map((member) => member.state());
  return {
    json: { members: states.map(({ json }) => json) },
    tensors: Object.assign({}, ...states.map(({ tensors }, k) => withPrefix(`${k}/`, tensors))),
  };
};

const membersOf = ({ json, tensors }: ComponentState): ComponentState[] =>
  (json as { members: Json[] }).members.map((member, k) => ({ json: member, tensors: underPrefix(`${k}/`, tensors) }));
