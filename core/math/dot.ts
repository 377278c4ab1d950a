/**
 * a[from ..] . b[start ..] over `width` places, in double precision: four sums side by side, since one alone waits for each
 * addition.
 */
export const dot = <A extends Float32Array | Float64Array>(
  a: A,
  from: number,
  b: A,
  start: number,
  width: number,
): number => {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let d = 0;
  for (; d + 4 <= width; d += 4) {
    s0 += a[from + d]! * b[start + d]!;
    s1 += a[from + d + 1]! * b[start + d + 1]!;
    s2 += a[from + d + 2]! * b[start + d + 2]!;
    s3 += a[from + d + 3]! * b[start + d + 3]!;
  }
  for (; d < width; d++) s0 += a[from + d]! * b[start + d]!;
  return s0 + s1 + (s2 + s3);
};
