// Optimizer steps on rows of `columns` floats: row list[k] of the values and of the optimizer's memory moves by
// gradient row k. The formulas stand in core/nn/update-rules.ts.

export function adamRows(
  values: usize, first: usize, second: usize, columns: i32, list: usize, count: i32, gradient: usize,
  beta1: f32, beta2: f32, scale: f32, correction: f32, epsilon: f32, keep: f32,
): void {
  const bytes = <usize>columns << 2;
  const whole = columns & ~3;
  const one1: f32 = 1 - beta1;
  const one2: f32 = 1 - beta2;
  for (let k = 0; k < count; k++) {
    const offset = <usize>load<i32>(list + (<usize>k << 2)) * bytes;
    const w = values + offset;
    const m = first + offset;
    const v = second + offset;
    for (let c = 0; c < whole; c += 4) {
      const at = <usize>c << 2;
      const g = v128.load(gradient + at);
      const mean = f32x4.add(f32x4.mul(f32x4.splat(beta1), v128.load(m + at)), f32x4.mul(f32x4.splat(one1), g));
      const square = f32x4.add(
        f32x4.mul(f32x4.splat(beta2), v128.load(v + at)),
        f32x4.mul(f32x4.splat(one2), f32x4.mul(g, g)),
      );
      v128.store(m + at, mean);
      v128.store(v + at, square);
      const root = f32x4.add(f32x4.mul(f32x4.sqrt(square), f32x4.splat(correction)), f32x4.splat(epsilon));
      const step = f32x4.div(f32x4.mul(f32x4.splat(scale), mean), root);
      v128.store(w + at, f32x4.sub(f32x4.mul(v128.load(w + at), f32x4.splat(keep)), step));
    }
    for (let c = whole; c < columns; c++) {
      const at = <usize>c << 2;
      const g = load<f32>(gradient + at);
      const mean: f32 = beta1 * load<f32>(m + at) + one1 * g;
      const square: f32 = beta2 * load<f32>(v + at) + one2 * (g * g);
      store<f32>(m + at, mean);
      store<f32>(v + at, square);
      store<f32>(w + at, load<f32>(w + at) * keep - (scale * mean) / (sqrt<f32>(square) * correction + epsilon));
    }
    gradient += bytes;
  }
}

export function adagradRows(
  values: usize, sums: usize, columns: i32, list: usize, count: i32, gradient: usize,
  rate: f32, epsilon: f32, keep: f32,
): void {
  const bytes = <usize>columns << 2;
  for (let k = 0; k < count; k++) {
    const offset = <usize>load<i32>(list + (<usize>k << 2)) * bytes;
    for (let at: usize = 0; at < bytes; at += 4) {
      const g = load<f32>(gradient + at);
      const sum: f32 = load<f32>(sums + offset + at) + g * g;
      store<f32>(sums + offset + at, sum);
      const w = values + offset + at;
      store<f32>(w, load<f32>(w) * keep - (rate * g) / (sqrt<f32>(sum) + epsilon));
    }
    gradient += bytes;
  }
}

/** `velocity` 0 = without momentum. */
export function sgdRows(
  values: usize, velocity: usize, columns: i32, list: usize, count: i32, gradient: usize,
  rate: f32, momentum: f32, keep: f32,
): void {
  const bytes = <usize>columns << 2;
  for (let k = 0; k < count; k++) {
    const offset = <usize>load<i32>(list + (<usize>k << 2)) * bytes;
    for (let at: usize = 0; at < bytes; at += 4) {
      let g = load<f32>(gradient + at);
      if (velocity != 0) {
        g += momentum * load<f32>(velocity + offset + at);
        store<f32>(velocity + offset + at, g);
      }
      const w = values + offset + at;
      store<f32>(w, load<f32>(w) * keep - rate * g);
    }
    gradient += bytes;
  }
}
