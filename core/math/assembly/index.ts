export { alsCholesky, alsGradient } from './als';
export { bprDeal, bprFoldIn, bprRound } from './bpr';
export { scanRounded } from './coarse';
export {
  easeWeights,
  invertPanels,
  invertPivot,
  invertRows,
  sparseGram,
} from './dense';
export { adagrad, adam, sgd } from './dense-update';
export { gramPartials, gramSum } from './gram';
export { allocate, release } from './memory';
export { nearestRows } from './neighbors';
export { scorePairs } from './pairs';
export { roundItems, rowNorms } from './rounded';
export { drawSums } from './resample';
export { scan, scanScores } from './scan';
export { sparseProduct, sparseProductBlocks } from './sparse-product';
