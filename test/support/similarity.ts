/** Row similarities in plain double precision over dense rows, to compare the sparse code with. */
export interface DenseSimilarity {
  readonly kind: string;
  readonly asymmetry: number;
  readonly k1: number;
  readonly b: number;
  readonly shrinkage: number;
}

const dot = (x: readonly number[], y: readonly number[]): number => x.reduce((sum, value, c) => sum + value * y[c]!, 0);

export const denseSimilarity = (
  x: readonly (readonly number[])[],
  options: DenseSimilarity,
): ((r: number, s: number) => number) => {
  const total = (row: readonly number[]) => row.reduce((sum, value) => sum + value, 0);
  const n = x.filter((row) => total(row) > 0).length;
  const mean = n === 0 ? 1 : x.reduce((sum, row) => sum + total(row), 0) / n;
  const df = (c: number) => x.filter((row) => row[c]! > 0).length;
  const { kind, asymmetry, k1, b, shrinkage } = options;
  const weighted = x.map((row) =>
    row.map((value, c) => {
      if (value === 0 || kind === 'inner-product' || kind === 'cosine') return value;
      if (kind === 'tf-idf') return Math.sqrt(value) * Math.log(1 + n / df(c));
      const idf = Math.log(1 + (n - df(c) + 0.5) / (df(c) + 0.5));
      return ((value * (k1 + 1)) / (value + k1 * (1 - b + (b * total(row)) / mean))) * idf;
    }),
  );
  return (r, s) => {
    const [first, second] = [weighted[r]!, weighted[s]!];
    const common = x[r]!.filter((value, c) => value > 0 && x[s]![c]! > 0).length;
    if (common === 0) return 0;
    const normed = kind === 'cosine' || kind === 'tf-idf';
    const norm = normed ? dot(first, first) ** (1 - asymmetry) * dot(second, second) ** asymmetry : 1;
    return (dot(first, second) / norm) * (common / (common + shrinkage));
  };
};
