import type { Rng } from 'recograph';
import { type CellKind, dense, dropout, type NextItemNetwork, normal, recurrent, table } from 'recograph/nn';

export interface RnnShape {
  readonly cell: CellKind;
  readonly dimensions: number;
  readonly units: number;
  readonly layers: number;
  readonly length: number;
  readonly dropout: number;
}

/** Standard deviation of the first item vectors. */
const INITIAL_DEVIATION = 0.05;

/**
 * h_t = f(W x_t + U h_{t-1} + b), y_t = W_y h_t + b_y, x_t the vector of step t's item (GRU4Rec, Hidasi et al. 2016).
 * W_y = E P and b_y = E p share the items' vectors E [items x dimensions] (Inan et al. 2017), P [dimensions x units].
 */
export const rnnNetwork = (shape: RnnShape, itemCount: number, rng: Rng): NextItemNetwork => {
  const { cell, dimensions, units, length, dropout: rate } = shape;
  const items = table('items', itemCount, dimensions, normal(rng, INITIAL_DEVIATION));
  const layers = Array.from({ length: shape.layers }, (_, k) =>
    recurrent(`layer${k}`, cell, k === 0 ? dimensions : units, units, rng),
  );
  const output = dense('output', units, dimensions, rng);
  return {
    items,
    length,
    encoder: {
      parameters: [...layers.flatMap((layer) => layer.parameters), ...output.parameters],
      encode: (pass, x, layout) => {
        const hidden = layers.reduce((input, layer) => layer.apply(pass, dropout(pass, input, rate), layout), x);
        const asked = layout.ends ? pass.tf.gather(hidden, layout.ends as never) : hidden;
        return output.apply(pass, dropout(pass, asked, rate));
      },
    },
  };
};
