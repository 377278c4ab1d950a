export { extractorFields } from './config.ts';
export { gridExtractor } from './grid-extractor.ts';
export { readGrids } from './grid-inputs.ts';
export { type GridShape, gridNetwork } from './grid-network.ts';
export type { ItemInputs, ItemNetwork } from './network.ts';
export { type ItemObjective, itemObjective, type ObjectiveConfig } from './objective.ts';
export { type ExtractorTraining, trainExtractor } from './train-extractor.ts';
export { trainedExtractor } from './trained-extractor.ts';
