export { csrFromTriplets, transpose } from './csr.ts';
export { createDataset, type EventArrays, gatherFeatures, noFeatures, sortInteractions } from './dataset.ts';
export { queriesOf } from './queries.ts';
export { createVocabulary } from './vocabulary.ts';
