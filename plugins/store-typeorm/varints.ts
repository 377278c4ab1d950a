/** Non-negative whole numbers, seven bits a byte, the lowest first; the high bit says that more follow. In hex. */
export const packNumbers = (numbers: Iterable<number>): string => {
  const bytes: number[] = [];
  for (let rest of numbers) {
    while (rest > 127) {
      bytes.push((rest & 127) | 128);
      rest >>>= 7;
    }
    bytes.push(rest);
  }
  return Buffer.from(bytes).toString('hex');
};

export const unpackNumbers = (hex: string): number[] => {
  const numbers: number[] = [];
  let number = 0;
  let shift = 0;
  for (const byte of Buffer.from(hex, 'hex')) {
    number |= (byte & 127) << shift;
    if (byte > 127) shift += 7;
    else {
      numbers.push(number);
      number = 0;
      shift = 0;
    }
  }
  return numbers;
};
