/** `recograph/nn`: what neural plugins share. A plugin's file holds its network and its loss. */
export { type Automatic, resolveSchedule } from './automatic.ts';
export { shuffled } from './batches.ts';
export { type CatalogueScan, catalogueScan, raggedRows } from './catalogue-scan.ts';
export { conv1d, conv2d, pool2d } from './convolution.ts';
export { type ExampleWeights, exampleWeights, type WeightingConfig, weightingFields } from './example-weights.ts';
export * from './extractors/index.ts';
export { embeddingBag, type Feed, type Feeds, type HostTensor, type Lookup, lookup, type TensorsOf } from './feeds.ts';
export * from './fields/index.ts';
export { frequencyScalingKey, frequencyShares, powers } from './frequency-scaling.ts';
export type { Loss } from './gradients.ts';
export { constant, glorotUniform, type Initializer, normal, zeros } from './initializers.ts';
export { type Activation, dense, dropout, type Layer, layerNorm, mlp } from './layers.ts';
export { bce, bpr, largestOf, mse, multinomial, sampledSoftmax, softmaxCrossEntropy, squaredNorm } from './losses.ts';
export { type NegativeSampler, popularityNegatives, uniformNegatives } from './negatives.ts';
export { loadParameters, type Parameter, parameter, parameterTensors, type Table, table } from './parameter.ts';
export { type InferencePass, inferencePass, type Pass } from './pass.ts';
export {
  heldOutRows,
  logOdds,
  type PointwiseBatch,
  type PointwiseConfig,
  type PointwiseExamples,
  pointwiseExamples,
} from './pointwise.ts';
export { pointwiseMetric } from './pointwise-metric.ts';
export * from './ranking/index.ts';
export * from './retrieval/index.ts';
export { scaleGradient } from './scale-gradient.ts';
export { cosine, exponential, linear, type Schedule, warmup } from './schedules.ts';
export * from './sequences/index.ts';
export type { OptimizerConfig, ParameterStore } from './stores/index.ts';
export { type SharedOptimizer, sharedOptimizer } from './stores/shared-optimizer.ts';
export * from './text/index.ts';
export { type BatchContext, type TrainOptions, type TrainResult, train } from './train.ts';
export { type TrainingDefaults, trainingFields, trainingOptions } from './training-config.ts';
