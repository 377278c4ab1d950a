/** x[r, c] += bias[c], and where `relu` is 1 no value stays below 0; x is [rows x columns]. bias 0 = none. */
export function addBias(x: usize, rows: i32, columns: i32, bias: usize, relu: i32): void {
  const whole = columns & ~3;
  const floor = f32x4.splat(relu == 1 ? 0 : -Infinity);
  const lowest: f32 = relu == 1 ? 0 : -Infinity;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < whole; c += 4) {
      const at = <usize>c << 2;
      let value = v128.load(x + at);
      if (bias != 0) value = f32x4.add(value, v128.load(bias + at));
      v128.store(x + at, f32x4.max(value, floor));
    }
    for (let c = whole; c < columns; c++) {
      const at = <usize>c << 2;
      const value: f32 = load<f32>(x + at) + (bias != 0 ? load<f32>(bias + at) : 0);
      store<f32>(x + at, max(value, lowest));
    }
    x += <usize>columns << 2;
  }
}
