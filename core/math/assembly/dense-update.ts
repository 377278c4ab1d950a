import { adagradRows, adamRows, sgdRows } from '../../runtime/assembly/update-rows';

// One optimizer step of a whole array: tasks are runs of 1024 values of `length`; `gradient` has as many.

const RUN = 1024;

/** Values of the tasks begin .. end - 1. */
// @ts-ignore: decorator
@inline
function count(begin: i32, end: i32, length: i32): i32 {
  return min(length, end * RUN) - begin * RUN;
}

// @ts-ignore: decorator
@inline
function place(begin: i32): usize {
  return <usize>begin * RUN * 4;
}

export function adam(
  begin: i32, end: i32, scratch: usize, length: i32, values: usize, first: usize, second: usize, gradient: usize,
  beta1: f32, beta2: f32, scale: f32, correction: f32, epsilon: f32, keep: f32,
): void {
  const from = place(begin);
  store<i32>(scratch, 0);
  adamRows(
    values + from, first + from, second + from, count(begin, end, length), scratch, 1, gradient + from,
    beta1, beta2, scale, correction, epsilon, keep,
  );
}

export function adagrad(
  begin: i32, end: i32, scratch: usize, length: i32, values: usize, sums: usize, gradient: usize,
  rate: f32, epsilon: f32, keep: f32,
): void {
  const from = place(begin);
  store<i32>(scratch, 0);
  adagradRows(values + from, sums + from, count(begin, end, length), scratch, 1, gradient + from, rate, epsilon, keep);
}

/** `velocity` 0 = without momentum. */
export function sgd(
  begin: i32, end: i32, scratch: usize, length: i32, values: usize, velocity: usize, gradient: usize,
  rate: f32, momentum: f32, keep: f32,
): void {
  const from = place(begin);
  store<i32>(scratch, 0);
  const beside = velocity == 0 ? 0 : velocity + from;
  sgdRows(values + from, beside, count(begin, end, length), scratch, 1, gradient + from, rate, momentum, keep);
}
