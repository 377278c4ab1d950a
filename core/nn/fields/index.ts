export { fieldCapabilities } from './capabilities.ts';
export { fieldKeys, taskKey } from './config.ts';
export {
  type DatasetSlots,
  datasetSlots,
  forgetUnreached,
  hasFeatures,
  isBlank,
  itemSlots,
  querySlots,
} from './dataset-slots.ts';
export { type EncodedField, type EncodedSide, encodeSide } from './encode.ts';
export { type Field, type FieldConfig, type FieldLayout, layFields, type Side } from './layout.ts';
export { type PairScorer, pairScorer } from './pair-scorer.ts';
export { type SlotSums, slotSums } from './slot-sums.ts';
export { pickSlots, type SideRows, type Slots, slotsOf } from './slots.ts';
export { pairwise, poolFields, slotFactors, slotLookup, sumVectors, weighSlots } from './tensors.ts';
export { type SideInputs, sidesOfLayout, type TwoSidedNetwork, twoSidedTraining } from './two-sided.ts';
