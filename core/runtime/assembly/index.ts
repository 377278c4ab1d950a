// Kernels over the memory of tfjs's wasm backend. They keep no data of their own: every address comes from the caller.
export { matMul } from './mat-mul';
export { sumColumns } from './sum-columns';
export { addRows, copyRows, copyRuns, sumBags } from './rows';
export { accumulateBags, accumulateRows, sortByRow } from './accumulate';
export { adagradRows, adamRows, sgdRows } from './update-rows';
export { addBias } from './activate';
export { causalAttention, causalAttentionGradient } from './attention';
export { dropout } from './dropout';
export { equalAlong } from './equal-along';
export { gru, gruGradient } from './gru';
export { layerNorm, layerNormGradient } from './layer-norm';
export { dotRows, sharedSoftmax } from './shared-softmax';
