import type { Rng, Scalar, Tensor, TensorRuntime, Tf } from '../spi/index.ts';
import { type Feeds, isLookup, type TensorsOf, uploadHost } from './feeds.ts';
import type { Parameter } from './parameter.ts';
import { type Pass, passOver } from './pass.ts';
import type { ParameterStore } from './stores/index.ts';
import type { UpdateOptions } from './stores/store.ts';

/** The mean loss of a batch from its tensors. */
export type Loss<F extends Feeds> = (inputs: TensorsOf<F>, pass: Pass) => Tensor;

/**
 * Adversarial training of embeddings (He, He, Du & Chua 2018, eq. 8 to 11): the loss becomes L(E) + weight L(E + D), with
 * each looked-up row moved by D = epsilon g / |g|, g the gradient of L with respect to that row, taken as a constant.
 */
export interface Perturbation {
  readonly epsilon: number;
  readonly weight: number;
}

export interface StepOptions extends UpdateOptions {
  readonly adversarial?: Perturbation | undefined;
  readonly signal: AbortSignal;
}

/** One training step: forward, backward, update. Gives the loss; a loss that is not finite changes nothing. */
export const trainStep = async <F extends Feeds>(
  runtime: TensorRuntime,
  store: ParameterStore,
  feeds: F,
  loss: Loss<F>,
  rng: Rng,
  options: StepOptions,
): Promise<number> => {
  const { tf } = runtime;
  const names = Object.keys(feeds).filter((name) => feeds[name] !== undefined);
  const lookups = names.flatMap((name) => {
    const feed = feeds[name]!;
    return isLookup(feed) ? [{ name, feed }] : [];
  });
  await store.prepare?.(
    options.signal,
    lookups.map(({ feed }) => feed),
  );
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
    const gradientsAt = (rows: readonly Tensor[]): Gradients => {
      const given = { ...inputs, ...Object.fromEntries(lookups.map(({ name }, k) => [name, rows[k]!])) };
      const forward = () => loss(given as TensorsOf<F>, pass) as Scalar;
      const { value, grads } = tf.engine().gradients(forward, [...rows, ...dense.values()], undefined, true);
      return { value, gradients: grads as (Tensor | undefined)[] };
    };
    const rows = lookups.map(({ name }) => inputs[name]!);
    const plain = gradientsAt(rows);
    return options.adversarial ? withPerturbed(tf, plain, rows, options.adversarial, gradientsAt) : plain;
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

type Gradients = {
  value: Tensor;
  /** Of the looked-up rows first, then of the dense parameters. */
  gradients: (Tensor | undefined)[];
};

const withPerturbed = (
  tf: Tf,
  plain: Gradients,
  rows: readonly Tensor[],
  { epsilon, weight }: Perturbation,
  gradientsAt: (rows: readonly Tensor[]) => Gradients,
): Gradients => {
  const moved = gradientsAt(
    rows.map((row, k) => {
      const gradient = plain.gradients[k];
      if (!gradient) return row;
      const norms = tf.sqrt(tf.sum(tf.square(gradient), -1, true));
      return tf.add(row, tf.mul(gradient, tf.div(epsilon, tf.maximum(norms, SMALLEST_NORM))));
    }),
  );
  const sum = (a: Tensor | undefined, b: Tensor | undefined) => (a && b ? tf.add(a, tf.mul(b, weight)) : a);
  return {
    value: tf.add(plain.value, tf.mul(moved.value, weight)),
    gradients: plain.gradients.map((gradient, k) => sum(gradient, moved.gradients[k])),
  };
};

/** Rows whose gradient is shorter are as good as not concerned. */
const SMALLEST_NORM = 1e-12;
