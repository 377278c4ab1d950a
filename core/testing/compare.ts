/** Everything that a component answered, by a label: what is compared between two runs. */
export type Answers = Readonly<Record<string, ArrayLike<number>>>;

/** Relative tolerance where sums may be taken in another order: scores agree across runtimes within it. */
export const ROUNDING = 1e-4;

export const same = (a: number, b: number, tolerance: number): boolean =>
  Object.is(a, b) || a === b || Math.abs(a - b) <= tolerance * (0.01 + Math.max(Math.abs(a), Math.abs(b)));

/** The first difference in words; undefined where there is none. NaN equals NaN. */
export const difference = (expected: Answers, seen: Answers, tolerance = 0): string | undefined => {
  for (const label of new Set([...Object.keys(expected), ...Object.keys(seen)])) {
    const a = expected[label];
    const b = seen[label];
    if (!a || !b) return `${label} ${a ? 'is there' : 'is missing'} at first and ${b ? 'there' : 'missing'} then`;
    if (a.length !== b.length) return `${label} has ${a.length} numbers at first and ${b.length} then`;
    for (let k = 0; k < a.length; k++) {
      if (!same(a[k]!, b[k]!, tolerance)) return `${label}[${k}] is ${a[k]} at first and ${b[k]} then`;
    }
  }
  return undefined;
};
