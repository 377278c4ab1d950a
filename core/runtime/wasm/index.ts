/** What core/nn uses of the wasm runtime's own kernels. */
export { allocate, floats } from './heap.ts';
export { addressOf, type Native, nativeOf } from './native.ts';
