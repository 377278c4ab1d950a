export { alsCholesky, alsGradient } from './als';
export { bprDeal, bprFoldIn, bprRound } from './bpr';
export { easeWeights, invertPanels, invertPivot, invertRows, sparseGram, sparseProduct, sparseProductTotal } from './dense';
export { gramPartials, gramSum } from './gram';
export { allocate, release } from './memory';
export { nearestRows } from './neighbors';
export { scan, scanScores, scorePairs } from './scan';
