import { exponential, largest, total } from './exponential';
import { logarithm } from './logarithm';

/**
 * Turns logits [steps x others], in place, into the gradient of the mean loss by them, writes that by each step's own
 * logit `positives` into `dPositives`, and returns the mean loss. The formula stands at `sharedSoftmax` in core/nn.
 */
export function sharedSoftmax(
  logits: usize, steps: i32, others: i32, positives: usize, hits: usize, dPositives: usize,
): f64 {
  const whole = others & ~3;
  const scale: f32 = 1 / <f32>steps;
  let loss: f64 = 0;
  for (let r = 0; r < steps; r++) {
    const positive = load<f32>(positives + (<usize>r << 2));
    const end = logits + (<usize>whole << 2);
    const rowEnd = logits + (<usize>others << 2);
    let tops = f32x4.splat(positive);
    for (let at = logits; at < end; at += 16) tops = f32x4.max(tops, v128.load(at));
    let top = largest(tops);
    for (let at = end; at < rowEnd; at += 4) top = max(top, load<f32>(at));

    let sums = f32x4.splat(0);
    for (let at = logits; at < end; at += 16) {
      const power = exponential(f32x4.sub(v128.load(at), f32x4.splat(top)));
      v128.store(at, power);
      sums = f32x4.add(sums, power);
    }
    let sum = total(sums);
    for (let at = end; at < rowEnd; at += 4) {
      const power = f32x4.extract_lane(exponential(f32x4.splat(load<f32>(at) - top)), 0);
      store<f32>(at, power);
      sum += power;
    }
    const power = f32x4.extract_lane(exponential(f32x4.splat(positive - top)), 0);
    const own: f32 = power * (1 - load<f32>(hits + (<usize>r << 2)));
    sum = max(sum + own, power);
    loss += logarithm(<f64>sum) + <f64>(top - positive);

    const share: f32 = scale / sum;
    store<f32>(dPositives + (<usize>r << 2), own * share - scale);
    for (let at = logits; at < end; at += 16) v128.store(at, f32x4.mul(v128.load(at), f32x4.splat(share)));
    for (let at = end; at < rowEnd; at += 4) store<f32>(at, load<f32>(at) * share);
    logits = rowEnd;
  }
  return loss / <f64>steps;
}

/** out[r] = x[r] . y[r], rows of `columns` floats. */
export function dotRows(x: usize, y: usize, rows: i32, columns: i32, out: usize): void {
  for (let r = 0; r < rows; r++) {
    let sum: f32 = 0;
    const end = x + (<usize>columns << 2);
    const whole = x + (<usize>(columns & ~3) << 2);
    let sums = f32x4.splat(0);
    for (; x < whole; x += 16, y += 16) sums = f32x4.add(sums, f32x4.mul(v128.load(x), v128.load(y)));
    for (; x < end; x += 4, y += 4) sum += load<f32>(x) * load<f32>(y);
    store<f32>(out + (<usize>r << 2), total(sums) + sum);
  }
}
