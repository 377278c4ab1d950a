/** out[b, c] = sum over rows of x[b, r, c]; x is [blocks x rows x columns]. */
export function sumColumns(x: usize, blocks: i32, rows: i32, columns: i32, out: usize): void {
  memory.fill(out, 0, <usize>(blocks * columns) << 2);
  const whole = columns & ~3;
  for (let b = 0; b < blocks; b++) {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < whole; c += 4) {
        const at = <usize>c << 2;
        v128.store(out + at, f32x4.add(v128.load(out + at), v128.load(x + at)));
      }
      for (let c = whole; c < columns; c++) {
        const at = <usize>c << 2;
        store<f32>(out + at, load<f32>(out + at) + load<f32>(x + at));
      }
      x += <usize>columns << 2;
    }
    out += <usize>columns << 2;
  }
}
