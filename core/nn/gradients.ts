import type { Rng, Scalar, Tensor, TensorRuntime } from '../spi/index.ts';
import { type Feeds, isLookup, type TensorsOf, uploadFeed } from './feeds.ts';
import type { Gradients } from './optimizer.ts';
import { isTable, type Parameter } from './parameter.ts';
import { type Pass, passOver } from './pass.ts';
import { RowGradients } from './row-gradients.ts';

/** The mean loss of a batch from its tensors. */
export type Loss<F extends Feeds> = (inputs: TensorsOf<F>, pass: Pass) => Tensor;

/** Differentiates a loss by the parameters and table rows of a batch; keeps buffers between steps. */
export class Differentiator {
  readonly #runtime: TensorRuntime;
  readonly #dense: readonly Parameter[];
  readonly #rows = new Map<Parameter, RowGradients>();

  constructor(runtime: TensorRuntime, parameters: readonly Parameter[]) {
    this.#runtime = runtime;
    this.#dense = parameters.filter((parameter) => !isTable(parameter));
  }

  /** The loss and its gradients, valid until the next call; a parameter that the loss does not use has none. */
  async run<F extends Feeds>(feeds: F, loss: Loss<F>, rng: Rng): Promise<{ loss: number; gradients: Gradients }> {
    const { tf } = this.#runtime;
    const names = Object.keys(feeds);
    const lookups = names.filter((name) => isLookup(feeds[name]!));
    const { value, leaves } = this.#runtime.scope(() => {
      const inputs = Object.fromEntries(names.map((name) => [name, uploadFeed(tf, feeds[name]!)]));
      const dense = new Map(
        this.#dense.map((parameter) => [parameter, tf.tensor(parameter.data, [...parameter.shape], 'float32')]),
      );
      const pass = passOver(tf, dense, true, rng);
      const variables = [...lookups.map((name) => inputs[name]!), ...dense.values()];
      const forward = () => loss(inputs as TensorsOf<F>, pass) as Scalar;
      const { value, grads } = tf.engine().gradients(forward, variables, undefined, true);
      return { value, leaves: grads as (Tensor | undefined)[] };
    });
    const [values, ...gradients] = await Promise.all(
      [value, ...leaves].map((tensor) => tensor?.data() as Promise<Float32Array> | undefined),
    );
    tf.dispose([value, ...leaves.filter((tensor) => tensor !== undefined)]);
    return { loss: values![0]!, gradients: this.#collect(feeds, lookups, gradients) };
  }

  #collect(feeds: Feeds, lookups: readonly string[], gradients: readonly (Float32Array | undefined)[]): Gradients {
    const touched = new Set<RowGradients>();
    for (const [index, name] of lookups.entries()) {
      const feed = feeds[name]!;
      const gradient = gradients[index];
      if (!isLookup(feed) || !gradient) continue;
      const rows = this.#rowsOf(feed.table);
      if (!touched.has(rows)) rows.clear();
      touched.add(rows);
      rows.add(feed.indices, gradient);
    }
    const dense = this.#dense.flatMap((parameter, index) => {
      const values = gradients[lookups.length + index];
      return values ? [{ parameter, values }] : [];
    });
    return { rows: [...touched], dense };
  }

  #rowsOf(table: Parameter & { rows: number; columns: number }): RowGradients {
    let rows = this.#rows.get(table);
    if (!rows) {
      rows = new RowGradients(table);
      this.#rows.set(table, rows);
    }
    return rows;
  }
}
