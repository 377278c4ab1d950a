// Kernels over the memory of tfjs's wasm backend. They keep no data of their own: every address comes from the caller.
export { matMul } from './mat-mul';
export { sumColumns } from './sum-columns';
export { addRows, copyRows, copyRuns, sumBags } from './rows';
export { accumulateBags, accumulateRows } from './accumulate';
export { adagradRows, adamRows, sgdRows } from './update-rows';
