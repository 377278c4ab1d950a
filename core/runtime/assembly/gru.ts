import { sigmoid, tanh } from './exponential';
import { matMul } from './mat-mul';

// A gated recurrent unit along all steps of `rows` rows, place r * steps + t being step t of row r; the formulas stand at
// `gru` in core/nn/sequences/cells.ts. The state is zero where a sequence begins (position <= 0). units is a multiple
// of 4. Arrays that only the way back reads lie step by step: [steps x rows x ...].

/**
 * x [places x 3 units] -> out [places x units]; `lasts` [places x units] gets the states that steps begin with, `kept`
 * [places x 4 units] z, r, n and what U h gave to n. `gates` holds [rows x 3 units].
 */
export function gru(
  x: usize, weights: usize, bias: usize, positions: usize, rows: i32, steps: i32, units: i32,
  out: usize, lasts: usize, kept: usize, gates: usize, scratch: usize,
): void {
  const bytes = <usize>units << 2;
  for (let t = 0; t < steps; t++) {
    const last = lasts + <usize>(t * rows) * bytes;
    for (let r = 0; r < rows; r++) {
      const place = <usize>(r * steps + t);
      if (load<i32>(positions + (place << 2)) > 0) memory.copy(last + <usize>r * bytes, out + (place - 1) * bytes, bytes);
      else memory.fill(last + <usize>r * bytes, 0, bytes);
    }
    matMul(rows, 3 * units, units, last, units, 1, weights, 3 * units, 1, gates, scratch);
    for (let r = 0; r < rows; r++) {
      const place = <usize>(r * steps + t);
      const from = x + place * 3 * bytes;
      const given = gates + <usize>r * 3 * bytes;
      const before = last + <usize>r * bytes;
      const keep = kept + <usize>(t * rows + r) * 4 * bytes;
      const to = out + place * bytes;
      for (let c: usize = 0; c < bytes; c += 16) {
        const z = sigmoid(gate(from, given, bias, c));
        const reset = sigmoid(gate(from, given, bias, c + bytes));
        const inner = f32x4.add(v128.load(given + c + 2 * bytes), v128.load(bias + c + 2 * bytes));
        const n = tanh(f32x4.add(v128.load(from + c + 2 * bytes), f32x4.mul(reset, inner)));
        v128.store(to + c, f32x4.add(n, f32x4.mul(z, f32x4.sub(v128.load(before + c), n))));
        v128.store(keep + c, z);
        v128.store(keep + c + bytes, reset);
        v128.store(keep + c + 2 * bytes, n);
        v128.store(keep + c + 3 * bytes, inner);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function gate(from: usize, given: usize, bias: usize, at: usize): v128 {
  return f32x4.add(f32x4.add(v128.load(from + at), v128.load(given + at)), v128.load(bias + at));
}

/**
 * The gradients by x, [places x 3 units], and by U h + bias, [steps x rows x 3 units]. `carried` holds [rows x units],
 * `through` as much.
 */
export function gruGradient(
  dy: usize, weights: usize, positions: usize, rows: i32, steps: i32, units: i32, lasts: usize, kept: usize,
  dx: usize, dGates: usize, carried: usize, through: usize, scratch: usize,
): void {
  const bytes = <usize>units << 2;
  const one = f32x4.splat(1);
  memory.fill(carried, 0, <usize>rows * bytes);
  for (let t = steps - 1; t >= 0; t--) {
    for (let r = 0; r < rows; r++) {
      const place = <usize>(r * steps + t);
      const given = dy + place * bytes;
      const to = dx + place * 3 * bytes;
      const inner = dGates + <usize>(t * rows + r) * 3 * bytes;
      const keep = kept + <usize>(t * rows + r) * 4 * bytes;
      const before = lasts + <usize>(t * rows + r) * bytes;
      const carry = carried + <usize>r * bytes;
      for (let c: usize = 0; c < bytes; c += 16) {
        const z = v128.load(keep + c);
        const reset = v128.load(keep + c + bytes);
        const n = v128.load(keep + c + 2 * bytes);
        const gradient = f32x4.add(v128.load(given + c), v128.load(carry + c));
        const direct = f32x4.mul(gradient, z);
        const dNew = f32x4.mul(f32x4.sub(gradient, direct), f32x4.sub(one, f32x4.mul(n, n)));
        const difference = f32x4.sub(v128.load(before + c), n);
        const dZ = f32x4.mul(f32x4.mul(gradient, difference), f32x4.sub(z, f32x4.mul(z, z)));
        const slope = f32x4.sub(reset, f32x4.mul(reset, reset));
        const dReset = f32x4.mul(f32x4.mul(dNew, v128.load(keep + c + 3 * bytes)), slope);
        v128.store(to + c, dZ);
        v128.store(to + c + bytes, dReset);
        v128.store(to + c + 2 * bytes, dNew);
        v128.store(inner + c, dZ);
        v128.store(inner + c + bytes, dReset);
        v128.store(inner + c + 2 * bytes, f32x4.mul(dNew, reset));
        v128.store(carry + c, direct);
      }
    }
    if (t == 0) break;
    const from = dGates + <usize>(t * rows) * 3 * bytes;
    matMul(rows, units, 3 * units, from, 3 * units, 1, weights, 1, 3 * units, through, scratch);
    for (let r = 0; r < rows; r++) {
      const carry = carried + <usize>r * bytes;
      if (load<i32>(positions + (<usize>(r * steps + t) << 2)) > 0) {
        const more = through + <usize>r * bytes;
        for (let c: usize = 0; c < bytes; c += 16) v128.store(carry + c, f32x4.add(v128.load(carry + c), v128.load(more + c)));
      } else memory.fill(carry, 0, bytes);
    }
  }
}
