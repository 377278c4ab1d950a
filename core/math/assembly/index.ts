export { alsCholesky, alsGradient } from './als';
export { gramPartials, gramSum } from './gram';
export { allocate, release } from './memory';
export { scan, scanScores, scorePairs } from './scan';
