import { knownFrom, knownItems, type Model, RecographError, type Tensor, throwIfCancelled } from 'recograph';
import { createRng } from 'recograph/math';
import {
  embeddingBag,
  inferencePass,
  listValidation,
  loadParameters,
  lookup,
  multinomial,
  normal,
  train,
  trainingOptions,
} from 'recograph/nn';
import { inputsOf, outputsOf } from './batches.ts';
import { type AutoencoderDeps, encodeHistories, paddedInputs } from './encode-histories.ts';
import { fittedAutoencoder } from './fitted.ts';
import type { AutoencoderConfig } from './index.ts';
import { gaussianDivergence, reconstructionError } from './losses.ts';
import { autoencoderNetwork } from './network.ts';
import { trainingDefaults } from './training-defaults.ts';

export const createAutoencoder = (config: AutoencoderConfig, deps: AutoencoderDeps): Model => {
  const { runtime, kernels } = deps;
  const variational = config.variant === 'variational';
  const networkOf = (items: number, rng = createRng(0)) =>
    autoencoderNetwork({ ...config, items, hidden: config.hidden ?? (variational ? [600] : []) }, rng);
  return {
    fit: async (data, _inputs, fit) => {
      throwIfCancelled(fit.signal);
      const positives = data.positives();
      const users = Int32Array.from({ length: positives.rows }, (_, user) => user).filter(
        (user) => positives.offsets[user + 1]! > positives.offsets[user]!,
      );
      if (users.length === 0) {
        throw new RecographError(
          'DATA_EMPTY',
          `autoencoder has nothing to learn from: of the ${data.interactions.length} events that it was given, none is a positive. Check data.feedback.`,
        );
      }
      const network = networkOf(data.items.size, fit.rng.fork('init'));
      const { inputs, outputs } = network;
      const validation =
        fit.validation && listValidation(kernels, positives, fit.validation, fit.rng.fork('validation'));
      await train({
        runtime,
        parameters: network.parameters,
        ...trainingOptions(config, trainingDefaults),
        examples: users.length,
        fit,
        ...(validation && {
          validate: async () => {
            const pass = inferencePass(runtime, network.dense);
            try {
              const asked = await encodeHistories(
                deps,
                pass,
                network,
                paddedInputs(network),
                'vectors',
                positives,
                validation.users,
              );
              return await validation.ndcg(asked, outputs);
            } finally {
              pass.dispose();
            }
          },
        }),
        batch: (examples, { epoch, rng }) => {
          const rows = examples.map((example) => users[example]!);
          const chosen = outputsOf(positives, rows, config.sampledItems, rng);
          const noise = [rows.length, config.code];
          return {
            sums: embeddingBag(inputs, inputsOf(positives, rows, config.dropout, rng)),
            output: lookup(outputs, chosen.items),
            target: { data: chosen.targets, shape: [rows.length, chosen.items.length] },
            weights: chosen.weights,
            noise: variational ? { data: normal(rng, 1)(noise), shape: noise } : undefined,
            beta: Float32Array.of(config.beta * Math.min(1, epoch / Math.max(1, config.annealEpochs))),
          };
        },
        loss: ({ sums, output, target, weights, noise, beta }, pass) => {
          const { tf } = pass;
          const { code, logVariance } = network.encode(pass, sums);
          const scores = (of: Tensor): Tensor => tf.matMul(network.decode(pass, of), output, false, true);
          if (!noise || !logVariance) return reconstructionError(tf, scores(code), target, weights);
          const drawn = tf.add(code, tf.mul(noise, tf.exp(tf.mul(logVariance, 0.5))));
          const likelihood = multinomial(tf, tf.add(scores(drawn), tf.log(weights)), target);
          return tf.add(likelihood, tf.mul(tf.squeeze(beta), gaussianDivergence(tf, code, logVariance)));
        },
      });
      return fittedAutoencoder(deps, network, knownItems(data));
    },
    restore: ({ tensors }) => {
      const network = networkOf(tensors.inputs!.shape[0]!);
      loadParameters(network.parameters, tensors);
      return fittedAutoencoder(deps, network, knownFrom(tensors, network.outputs.rows));
    },
  };
};
