import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelConfig, KernelFunc, TensorInfo, TypedArray } from '@tensorflow/tfjs-core';
import type { Tf } from '../../spi/index.ts';
import type { KernelCall } from './heap.ts';

/** What is used of tfjs's cpu backend, whose kernels stand in here. */
export interface CpuBackend {
  makeTensorInfo(shape: number[], dtype: TensorInfo['dtype'], values?: TypedArray): TensorInfo;
  readSync(dataId: object): unknown;
  disposeIntermediateTensorInfo(info: TensorInfo): void;
}

/** Runs a kernel of the cpu backend on the wasm backend's tensors; correct for every shape, not fast. */
export const borrowedKernel =
  (kernel: KernelFunc, cpu: CpuBackend): KernelFunc =>
  (call) => {
    const wasm = call.backend as BackendWasm;
    const inputs: KernelCall['inputs'] = {};
    for (const [name, info] of Object.entries(call.inputs)) {
      const values = wasm.readSync(info!.dataId) as TypedArray;
      inputs[name] = cpu.makeTensorInfo(info!.shape, info!.dtype, values);
    }
    const answer = kernel({ ...call, inputs, backend: cpu as unknown as KernelCall['backend'] });
    const moved = [answer].flat().map((info) => {
      const values = cpu.readSync(info.dataId) as TypedArray;
      cpu.disposeIntermediateTensorInfo(info);
      return { dataId: wasm.write(values, info.shape, info.dtype), shape: info.shape, dtype: info.dtype };
    });
    for (const info of Object.values(inputs)) cpu.disposeIntermediateTensorInfo(info!);
    return Array.isArray(answer) ? moved : moved[0]!;
  };

/** Kernels that the cpu backend has and the wasm backend lacks; complex and string ones are left out. */
export const kernelsToBorrow = (tf: Tf): KernelConfig[] => {
  const present = new Set(tf.getKernelsForBackend('wasm').map((kernel) => kernel.kernelName));
  return tf
    .getKernelsForBackend('cpu')
    .filter(({ kernelName }) => !present.has(kernelName) && !NOT_NUMERIC.test(kernelName));
};

const NOT_NUMERIC = /^(Complex|ComplexAbs|Real|Imag|FFT|IFFT|Draw|Ragged.*|StaticRegexReplace)$/;
