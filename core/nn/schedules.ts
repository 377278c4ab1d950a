/** The learning rate's factor at a step of a training of `steps` steps, both from 0. */
export type Schedule = (step: number, steps: number) => number;

/** Rises linearly over `warmup` steps, then stays 1. */
export const warmup =
  (warmup: number): Schedule =>
  (step) =>
    Math.min(1, (step + 1) / warmup);

/** Falls along a half cosine from 1 to `floor` (Loshchilov & Hutter 2017, without restarts). */
export const cosine =
  (floor = 0): Schedule =>
  (step, steps) =>
    floor + ((1 - floor) * (1 + Math.cos((Math.PI * step) / steps))) / 2;

/** Falls linearly from 1 to `floor`. */
export const linear =
  (floor = 0): Schedule =>
  (step, steps) =>
    1 - ((1 - floor) * step) / steps;

/** Multiplied by `rate` once in every `every` steps. */
export const exponential =
  (rate: number, every: number): Schedule =>
  (step) =>
    rate ** Math.floor(step / every);
