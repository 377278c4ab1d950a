import type { KernelFunc } from '@tensorflow/tfjs-core';
import { allocate, backendOf, type KernelCall } from './heap.ts';
import { addressOf, nativeOf } from './native.ts';

/** LayerNorm: x [rows x columns], columns a multiple of 4, gain, shift; attribute `epsilon`. */
export const layerNorm: KernelFunc = (call) => {
  const { backend, at, rows, columns, epsilon } = parts(call);
  const out = allocate(backend, [rows, columns], 'float32');
  nativeOf(backend).layerNorm(at('x'), rows, columns, at('gain'), at('shift'), epsilon, addressOf(backend, out));
  return out;
};

/** LayerNormGradient: dy, x, gain -> the gradients by x, gain and shift. */
export const layerNormGradient: KernelFunc = (call) => {
  const { backend, at, rows, columns, epsilon } = parts(call);
  const dx = allocate(backend, [rows, columns], 'float32');
  const dGain = allocate(backend, [columns], 'float32');
  const dShift = allocate(backend, [columns], 'float32');
  const [toX, toGain, toShift] = [dx, dGain, dShift].map((tensor) => addressOf(backend, tensor)) as [
    number,
    number,
    number,
  ];
  nativeOf(backend).layerNormGradient(at('dy'), at('x'), rows, columns, at('gain'), epsilon, toX, toGain, toShift);
  return [dx, dGain, dShift];
};

const parts = (call: KernelCall) => {
  const backend = backendOf(call);
  const [rows, columns] = call.inputs.x!.shape as [number, number];
  const { epsilon } = call.attrs as { epsilon: number };
  return { backend, at: (name: string) => addressOf(backend, call.inputs[name]!), rows, columns, epsilon };
};
