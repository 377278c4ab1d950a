import type { KernelMemory } from 'recograph';

/** Rows of `factors` numbers as kernels want them: `width` long, zeros at the end, in shared memory. */
export const unpack = (memory: KernelMemory, packed: Float32Array, factors: number, width: number): Float32Array => {
  if (width === factors) return memory.share(packed);
  const rows = packed.length / factors;
  const data = memory.floats(rows * width);
  for (let r = 0; r < rows; r++) data.set(packed.subarray(r * factors, (r + 1) * factors), r * width);
  return data;
};

/** The rows without their padding, in memory of their own. */
export const pack = (data: Float32Array, factors: number, width: number): Float32Array => {
  const rows = data.length / width;
  const packed = new Float32Array(rows * factors);
  if (width === factors) packed.set(data);
  else for (let r = 0; r < rows; r++) packed.set(data.subarray(r * width, r * width + factors), r * factors);
  return packed;
};
