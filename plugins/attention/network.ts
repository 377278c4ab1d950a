import type { Rng } from 'recograph';
import { attentionBlock, dropout, layerNorm, type NextItemNetwork, normal, parameter, table } from 'recograph/nn';

export interface AttentionShape {
  readonly dimensions: number;
  readonly layers: number;
  readonly heads: number;
  readonly feedForward?: number | undefined;
  readonly length: number;
  readonly dropout: number;
}

/** Standard deviation of the first item and position vectors. */
const INITIAL_DEVIATION = 0.02;

/**
 * SASRec (Kang & McAuley 2018): x_t = sqrt(d) item vector + position vector, blocks of causal self-attention, a last
 * normalisation; the items' vectors also score what comes next.
 */
export const attentionNetwork = (shape: AttentionShape, itemCount: number, rng: Rng): NextItemNetwork => {
  const { dimensions, layers, heads, length, feedForward = dimensions, dropout: rate } = shape;
  const init = normal(rng, INITIAL_DEVIATION);
  const items = table('items', itemCount, dimensions, init);
  const places = parameter('positions', [length, dimensions], init);
  const blocks = Array.from({ length: layers }, (_, k) =>
    attentionBlock(`block${k}`, dimensions, heads, feedForward, rng, rate),
  );
  const norm = layerNorm('norm', dimensions);
  return {
    items,
    length,
    encoder: {
      parameters: [places, ...blocks.flatMap((block) => block.parameters), ...norm.parameters],
      encode: (pass, x, layout) => {
        const { tf } = pass;
        const steps = tf.relu(tf.reshape(layout.positions, [layout.rows * layout.length])) as never;
        const placed = tf.add(tf.mul(x, Math.sqrt(dimensions)), tf.gather(pass.value(places), steps));
        let hidden = dropout(pass, placed, rate);
        blocks.forEach((block, k) => {
          hidden = block.apply(pass, hidden, layout, k === blocks.length - 1 ? layout.ends : undefined);
        });
        return norm.apply(pass, hidden);
      },
    },
  };
};
