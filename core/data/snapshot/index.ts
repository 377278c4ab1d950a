export { type DatasetOptions, datasetFromSnapshot, weightsOf } from './dataset.ts';
export { readSnapshot, type Snapshot, type SnapshotEvents, snapshotFile } from './read.ts';
