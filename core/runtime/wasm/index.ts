/** What core/nn uses of the wasm runtime's own kernels. */
export { allocate, floats } from './heap.ts';
export { addressOf, MOST_PAGES, type Native, nativeAlone, nativeOf } from './native.ts';
