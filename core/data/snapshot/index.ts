export { type DatasetOptions, datasetFromSnapshot, type FeedbackRule, weightsOf } from './dataset.ts';
export { readSnapshot, type Snapshot, type SnapshotEvents, snapshotFile } from './read.ts';
