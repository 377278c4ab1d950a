import type { Rng, Scalar, Tensor, TensorRuntime } from '../spi/index.ts';
import { type Feeds, isLookup, type TensorsOf, uploadHost } from './feeds.ts';
import type { Parameter } from './parameter.ts';
import { type Pass, passOver } from './pass.ts';
import type { ParameterStore } from './stores/index.ts';
import type { UpdateOptions } from './stores/store.ts';

/** The mean loss of a batch from its tensors. */
export type Loss<F extends Feeds> = (inputs: TensorsOf<F>, pass: Pass) => Tensor;

/** One training step: forward, backward, update. Gives the loss; a loss that is not finite changes nothing. */
export const trainStep = async <F extends Feeds>(
  runtime: TensorRuntime,
  store: ParameterStore,
  feeds: F,
  loss: Loss<F>,
  rng: Rng,
  options: UpdateOptions & { readonly signal: AbortSignal },
): Promise<number> => {
  const { tf } = runtime;
  await store.prepare?.(options.signal);
  const names = Object.keys(feeds).filter((name) => feeds[name] !== undefined);
  const lookups = names.flatMap((name) => {
    const feed = feeds[name]!;
    return isLookup(feed) ? [{ name, feed }] : [];
  });
  let parameters: readonly Parameter[] = [];
  const { value, gradients } = runtime.scope(() => {
    const inputs = Object.fromEntries(
      names.map((name) => {
        const feed = feeds[name]!;
        return [name, isLookup(feed) ? store.rows(feed) : uploadHost(tf, feed)];
      }),
    );
    const dense = store.dense();
    parameters = [...dense.keys()];
    const pass = passOver(tf, dense, true, rng);
    const variables = [...lookups.map(({ name }) => inputs[name]!), ...dense.values()];
    const forward = () => loss(inputs as TensorsOf<F>, pass) as Scalar;
    const { value, grads } = tf.engine().gradients(forward, variables, undefined, true);
    return { value, gradients: grads as (Tensor | undefined)[] };
  });
  try {
    const [result] = await value.data<'float32'>();
    if (Number.isFinite(result)) {
      await store.update(
        lookups.map(({ feed }, k) => ({ lookup: feed, gradient: gradients[k] })),
        parameters.map((parameter, k) => ({ parameter, gradient: gradients[lookups.length + k] })),
        options,
      );
    }
    return result!;
  } finally {
    tf.dispose([value, ...gradients.filter((tensor) => tensor !== undefined)]);
  }
};
