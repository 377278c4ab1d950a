import type { KernelFunc } from '@tensorflow/tfjs-core';
import { allocate, backendOf, type KernelCall } from './heap.ts';
import { MAT_MUL_SCRATCH_BYTES } from './mat-mul.ts';
import { addressOf, nativeOf, withScratch } from './native.ts';

/**
 * Gru: x [rows * steps x 3 units], weights [units x 3 units], bias [3 units], positions int32 [rows x steps] -> the
 * outputs [rows * steps x units], and what the gradient asks for: the states that steps begin with, and the gates.
 */
export const gru: KernelFunc = (call) => {
  const { backend, at, rows, steps, units } = parts(call);
  const out = allocate(backend, [rows * steps, units], 'float32');
  const lasts = allocate(backend, [rows * steps, units], 'float32');
  const kept = allocate(backend, [rows * steps, 4 * units], 'float32');
  const gates = rows * 3 * units * 4;
  withScratch(backend, gates + MAT_MUL_SCRATCH_BYTES, (scratch) => {
    nativeOf(backend).gru(
      at('x'),
      at('weights'),
      at('bias'),
      at('positions'),
      rows,
      steps,
      units,
      addressOf(backend, out),
      addressOf(backend, lasts),
      addressOf(backend, kept),
      scratch,
      scratch + gates,
    );
  });
  return [out, lasts, kept];
};

/** GruGradient: dy, weights, positions, lasts, kept -> the gradients by x, weights and bias. */
export const gruGradient: KernelFunc = (call) => {
  const { backend, at, rows, steps, units } = parts(call);
  const native = nativeOf(backend);
  const places = rows * steps;
  const dx = allocate(backend, [places, 3 * units], 'float32');
  const dGates = allocate(backend, [places, 3 * units], 'float32');
  const dWeights = allocate(backend, [units, 3 * units], 'float32');
  const dBias = allocate(backend, [3 * units], 'float32');
  const state = rows * units * 4;
  const [gates, lasts] = [addressOf(backend, dGates), at('lasts')];
  withScratch(backend, 2 * state + MAT_MUL_SCRATCH_BYTES, (carried) => {
    const scratch = carried + 2 * state;
    native.gruGradient(
      at('dy'),
      at('weights'),
      at('positions'),
      rows,
      steps,
      units,
      lasts,
      at('kept'),
      addressOf(backend, dx),
      gates,
      carried,
      carried + state,
      scratch,
    );
    native.matMul(
      units,
      3 * units,
      places,
      lasts,
      1,
      units,
      gates,
      3 * units,
      1,
      addressOf(backend, dWeights),
      scratch,
    );
  });
  native.sumColumns(gates, 1, places, 3 * units, addressOf(backend, dBias));
  backend.disposeData(dGates.dataId);
  return [dx, dWeights, dBias];
};

const parts = (call: KernelCall) => {
  const backend = backendOf(call);
  const [rows, steps] = call.inputs.positions!.shape as [number, number];
  const units = call.inputs.weights!.shape[0]!;
  return { backend, at: (name: string) => addressOf(backend, call.inputs[name]!), rows, steps, units };
};
