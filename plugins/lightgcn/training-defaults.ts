/** Of large data; small data take other numbers of steps: see `resolveSchedule` of recograph/nn. */
export const trainingDefaults = { epochs: 60, learningRate: 0.01, batchSize: 2048, patience: 5 };
