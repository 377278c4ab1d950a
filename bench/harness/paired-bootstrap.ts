import { createRng } from 'recograph/math';

/** 95 % interval of a figure over groups (users) drawn with replacement: `figure` gets how often each was drawn. */
export const bootstrapInterval = (
  groups: number,
  figure: (times: Float64Array) => number,
  { draws = 2000, seed = 1 } = {},
): readonly [low: number, high: number] => {
  const rng = createRng(seed);
  const figures = Array.from({ length: draws }, () => {
    const times = new Float64Array(groups);
    for (let k = 0; k < groups; k++) times[rng.int(groups)]!++;
    return figure(times);
  }).sort((a, b) => a - b);
  return [figures[Math.floor(draws * 0.025)]!, figures[Math.ceil(draws * 0.975) - 1]!];
};
