/** Of large data; small data take other numbers of steps: see `resolveSchedule` of recograph/nn. */
export const trainingDefaults = { epochs: 30, learningRate: 0.003, batchSize: 1024, patience: 5 };
