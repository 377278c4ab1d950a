import {
  defineFeature,
  type FittedModel,
  type Inputs,
  modelRef,
  RecographError,
  throwIfCancelled,
  type UserExtractor,
} from 'recograph';
import { z } from 'zod';
import type { FittedAutoencoder } from './fitted.ts';

const config = z.strictObject({ model: modelRef().describe('An `autoencoder` among the models.') });

/** The code of a user's history in an `autoencoder`, as a feature of a ranker. */
export const historyAutoencoder = defineFeature({
  type: 'history-autoencoder',
  config,
  create: ({ model }) => ({
    fit: async (_data, inputs, { signal, report }) => {
      throwIfCancelled(signal);
      const extractor = codesOf(inputs, model);
      report({ epoch: 1, epochs: 1 });
      return extractor;
    },
    restore: (_state, inputs) => codesOf(inputs, model),
  }),
});

const codesOf = (inputs: Inputs, name: string): UserExtractor => {
  const model = inputs.model(name);
  if (!isAutoencoder(model)) {
    throw new RecographError(
      'CONFIG_INVALID',
      `history-autoencoder takes the codes of an autoencoder; the model "${name}" has none. Name one that uses "autoencoder".`,
      { at: 'model' },
    );
  }
  return {
    subject: 'user',
    width: model.code,
    extract: (queries) => model.codes(queries),
    state: () => ({ json: {}, tensors: {} }),
  };
};

const isAutoencoder = (model: FittedModel): model is FittedAutoencoder => 'codes' in model && 'code' in model;
