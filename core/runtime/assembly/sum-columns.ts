/** out[c] = sum over rows of x[r, c]; x is [rows x columns]. */
export function sumColumns(x: usize, rows: i32, columns: i32, out: usize): void {
  memory.fill(out, 0, <usize>columns << 2);
  const whole = columns & ~3;
  for (let r = 0; r < rows; r++) {
    const from = x + (<usize>(r * columns) << 2);
    for (let c = 0; c < whole; c += 4) {
      const at = <usize>c << 2;
      v128.store(out + at, f32x4.add(v128.load(out + at), v128.load(from + at)));
    }
    for (let c = whole; c < columns; c++) {
      const at = <usize>c << 2;
      store<f32>(out + at, load<f32>(out + at) + load<f32>(from + at));
    }
  }
}
