import type { FeatureColumn } from '../../spi/index.ts';
import type { FieldEncoding } from './encoding.ts';
import { type FieldEncoder, type FieldLearner, type FieldState, SPECIAL_LABELS } from './field.ts';
import { FIRST, type Values } from './labels.ts';
import { bucketOf, createMoments, quantileBounds, signedLog } from './scaling.ts';
import { MAX_FLOAT, malformed, parseNumber } from './values.ts';

type NumberState = Extract<FieldState, { kind: 'number' }>;
type BucketState = Extract<FieldState, { kind: 'buckets' }>;

export const learnNumber = (encoding: Extract<FieldEncoding, { kind: 'number' }>): FieldLearner => {
  const moments = createMoments();
  const kept: number[] = [];
  const { scale, buckets } = encoding;
  return {
    add: (value) => {
      const number = parseNumber(value);
      if (number === undefined || number === malformed) return;
      if (buckets !== undefined) kept.push(number);
      else moments.add(scale === 'log' ? signedLog(number) : number);
    },
    state: () => {
      if (buckets !== undefined) return { kind: 'buckets', bounds: quantileBounds(kept, buckets) };
      if (scale === 'none') return { kind: 'number', scale, mean: 0, deviation: 1 };
      return { kind: 'number', scale, mean: moments.mean, deviation: moments.deviation };
    },
  };
};

/** (x - mean) / deviation, of sign(x) ln(1 + |x|) where scale is `log`; NaN = missing. */
export const numberEncoder = (name: string, state: NumberState): FieldEncoder => ({
  columns: [{ name, kind: 'dense', encoding: 'number', width: 1 }],
  encode: (values, onMalformed) => {
    const { mean, deviation, scale } = state;
    return [
      dense(values, onMalformed, (number) => ((scale === 'log' ? signedLog(number) : number) - mean) / deviation),
    ];
  },
  labels: () => undefined,
});

const dense = (values: Values, onMalformed: () => void, scaled: (number: number) => number): FeatureColumn => {
  const encoded = new Float32Array(values.length).fill(Number.NaN);
  for (let r = 0; r < values.length; r++) {
    const number = parseNumber(values[r]);
    if (number === malformed) onMalformed();
    else if (number !== undefined) encoded[r] = Math.max(-MAX_FLOAT, Math.min(MAX_FLOAT, scaled(number)));
  }
  return { kind: 'dense', width: 1, values: encoded };
};

/** Quantile buckets; code = 2 + how many bounds are <= x. */
export const bucketEncoder = (name: string, { bounds }: BucketState): FieldEncoder => {
  const size = FIRST + bounds.length + 1;
  return {
    columns: [{ name, kind: 'categorical', encoding: 'buckets', size }],
    encode: (values, onMalformed) => {
      const codes = new Int32Array(values.length);
      for (let r = 0; r < values.length; r++) {
        const number = parseNumber(values[r]);
        if (number === malformed) onMalformed();
        else if (number !== undefined) codes[r] = FIRST + bucketOf(bounds, number);
      }
      return [{ kind: 'categorical', size, codes }];
    },
    labels: () => {
      const edges = [Number.NEGATIVE_INFINITY, ...bounds, Number.POSITIVE_INFINITY];
      return [...SPECIAL_LABELS, ...edges.slice(1).map((to, b) => `[${edges[b]}, ${to})`)];
    },
  };
};
