/**
 * ln x of a positive, normal x; NaN stays NaN. ln m = 2 (s + s^3 / 3 + ...), s = (m - 1) / (m + 1), m within sqrt 2 of 1.
 * The standard library's would bring tables, and a data segment of ours would lie over the backend's own.
 */
export function logarithm(x: f64): f64 {
  if (x != x) return x;
  const bits = reinterpret<u64>(x);
  let exponent = <i32>(bits >> 52) - 1023;
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent++;
  }
  const s = (m - 1) / (m + 1);
  const square = s * s;
  let sum: f64 = 0;
  for (let k: f64 = 21; k >= 1; k -= 2) sum = sum * square + 1 / k;
  return <f64>exponent * 0.6931471805599453 + 2 * s * sum;
}
