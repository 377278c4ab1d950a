import type { Rng } from '../spi/index.ts';

/** Makes the first values of a parameter of that shape. */
export type Initializer = (shape: readonly number[]) => Float32Array;

const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

export const zeros: Initializer = (shape) => new Float32Array(size(shape));

export const constant =
  (value: number): Initializer =>
  (shape) =>
    new Float32Array(size(shape)).fill(value);

/** Normal with mean 0. */
export const normal =
  (rng: Rng, deviation: number): Initializer =>
  (shape) => {
    const values = new Float32Array(size(shape));
    for (let k = 0; k < values.length; k++) values[k] = rng.normal() * deviation;
    return values;
  };

/** Uniform in +-sqrt(6 / (fan in + fan out)) (Glorot & Bengio 2010); the fans are the last two axes. */
export const glorotUniform =
  (rng: Rng): Initializer =>
  (shape) => {
    const fans = (shape.at(-2) ?? 1) + (shape.at(-1) ?? 1);
    const receptive = size(shape.slice(0, -2));
    const limit = Math.sqrt(6 / (fans * receptive));
    return Float32Array.from({ length: size(shape) }, () => (2 * rng.next() - 1) * limit);
  };
