/** Of large data; small data take other numbers of steps: see `resolveSchedule` of recograph/nn. */
export const trainingDefaults = { epochs: 10, learningRate: 0.001, batchSize: 4096, patience: 2 };
