/** out[o, m, i] = x[o, m, i] == y[o, i], bytes of 0 and 1; x is [outer x middle x inner]. */
export function equalAlong(x: usize, y: usize, outer: i32, middle: i32, inner: i32, out: usize): void {
  for (let o = 0; o < outer; o++, y += <usize>inner << 2) {
    for (let m = 0; m < middle; m++) {
      for (let i = 0; i < inner; i++, x += 4, out++) {
        store<u8>(out, u8(load<f32>(x) == load<f32>(y + (<usize>i << 2))));
      }
    }
  }
}
