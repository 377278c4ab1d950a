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
export { pickSlots, type SideRows, type Slots, slotsOf } from './slots.ts';
export { pairwise, poolFields, slotFactors, slotLookup, sumVectors, weighSlots } from './tensors.ts';
