export { csrFromTriplets, transpose } from './csr.ts';
export { createDataset, type EventArrays, gatherFeatures, noFeatures, sortInteractions } from './dataset.ts';
export * from './features/index.ts';
export { historyMatrix } from './history-matrix.ts';
export { limitOf } from './limits.ts';
export { queriesOf } from './queries.ts';
export { scoreRows } from './score-rows.ts';
export { type ItemVectorSource, itemVectorSource, vectorsOfItems } from './vectors.ts';
export { createVocabulary } from './vocabulary.ts';
