import type { KernelFunc } from '@tensorflow/tfjs-core';
import { allocate, backendOf, type KernelCall } from './heap.ts';
import { addressOf, nativeOf, withScratch } from './native.ts';

/**
 * CausalAttention: queries [queries x width], keysValues [places x 2 width], positions int32 [places], optionally `at`
 * int32 [queries], the queries' places; attributes heads, length (of the longest sequence), rate, seed. Gives what is
 * attended [queries x width] and the logits' log sums [queries x heads] that the gradient asks for.
 */
export const causalAttention: KernelFunc = (call) => {
  const { backend, at, count, heads, size, length, rate, seed } = parts(call);
  const out = allocate(backend, [count, heads * size], 'float32');
  const sums = allocate(backend, [count, heads], 'float32');
  withScratch(backend, 4 * (length + 4), (scratch) => {
    nativeOf(backend).causalAttention(
      at('queries'),
      at('keysValues'),
      at('positions'),
      at('at'),
      count,
      heads,
      size,
      rate,
      seed,
      addressOf(backend, out),
      addressOf(backend, sums),
      scratch,
    );
  });
  return [out, sums];
};

/** CausalAttentionGradient: dy and `sums` beside the inputs of the forward call -> those of queries and keysValues. */
export const causalAttentionGradient: KernelFunc = (call) => {
  const { backend, at, count, heads, size, length, rate, seed } = parts(call);
  const places = call.inputs.keysValues!.shape[0]!;
  const dQueries = allocate(backend, [count, heads * size], 'float32');
  const dKeysValues = allocate(backend, [places, 2 * heads * size], 'float32');
  withScratch(backend, 8 * (length + 4), (scratch) => {
    nativeOf(backend).causalAttentionGradient(
      at('dy'),
      at('queries'),
      at('keysValues'),
      at('positions'),
      at('at'),
      count,
      places,
      heads,
      size,
      rate,
      seed,
      at('sums'),
      addressOf(backend, dQueries),
      addressOf(backend, dKeysValues),
      scratch,
      length,
    );
  });
  return [dQueries, dKeysValues];
};

const parts = (call: KernelCall) => {
  const backend = backendOf(call);
  const [count, width] = call.inputs.queries!.shape as [number, number];
  const attributes = call.attrs as { heads: number; length: number; rate: number; seed: number };
  const at = (name: string): number => {
    const tensor = call.inputs[name];
    return tensor ? addressOf(backend, tensor) : 0;
  };
  return { backend, at, count, size: width / attributes.heads, ...attributes };
};
