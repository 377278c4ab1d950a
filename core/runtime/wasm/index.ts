/** What core/nn uses of the wasm runtime's own kernels. */
export { allocate, floats } from './heap.ts';
export { addressOf, type Native, nativeIn, nativeOf, pagedMemory } from './native.ts';
