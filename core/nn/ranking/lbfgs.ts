/** Value at `parameters`; writes the gradient there into `gradient`. */
export type Objective = (parameters: Float64Array, gradient: Float64Array) => number;

const MEMORY = 10;
const SUFFICIENT_DECREASE = 1e-4;
const MAX_HALVINGS = 40;
/** Largest absolute gradient entry at which the minimum counts as found. */
const TOLERANCE = 1e-7;

/**
 * Minimises a smooth function from zero by L-BFGS (Nocedal & Wright 2006, algorithm 7.4), steps halved until they
 * decrease the value enough (Armijo). `afterStep` runs after every iteration and may throw to stop.
 */
export const minimise = async (
  objective: Objective,
  size: number,
  iterations: number,
  afterStep: (iteration: number, value: number) => Promise<void>,
): Promise<Float64Array> => {
  let x: Float64Array = new Float64Array(size);
  let gradient: Float64Array = new Float64Array(size);
  let value = objective(x, gradient);
  const pairs: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  for (let iteration = 1; iteration <= iterations; iteration++) {
    if (gradient.every((slope) => Math.abs(slope) < TOLERANCE)) break;
    const direction = descent(gradient, pairs);
    const slope = dot(direction, gradient);
    let step = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    let moved = false;
    let next: Float64Array = x;
    let nextValue = value;
    const nextGradient = new Float64Array(size);
    for (let halving = 0; halving < MAX_HALVINGS && !moved; halving++, step /= 2) {
      next = x.map((old, k) => old + step * direction[k]!);
      nextValue = objective(next, nextGradient);
      moved = nextValue <= value + SUFFICIENT_DECREASE * step * slope;
    }
    if (!moved) break;
    const s = next.map((now, k) => now - x[k]!);
    const y = nextGradient.map((now, k) => now - gradient[k]!);
    const curvature = dot(s, y);
    if (curvature > 1e-12 * dot(y, y)) {
      pairs.push({ s, y, rho: 1 / curvature });
      if (pairs.length > MEMORY) pairs.shift();
    }
    x = next;
    gradient = nextGradient;
    value = nextValue;
    await afterStep(iteration, value);
  }
  return x;
};

/** The two-loop recursion: minus the approximated inverse Hessian times the gradient. */
const descent = (
  gradient: Float64Array,
  pairs: readonly { s: Float64Array; y: Float64Array; rho: number }[],
): Float64Array => {
  const direction = gradient.map((slope) => -slope);
  const alphas: number[] = [];
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y, rho } = pairs[k]!;
    const alpha = rho * dot(s, direction);
    alphas[k] = alpha;
    for (let i = 0; i < direction.length; i++) direction[i]! -= alpha * y[i]!;
  }
  const newest = pairs.at(-1);
  if (newest) {
    const scale = 1 / (newest.rho * dot(newest.y, newest.y));
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  }
  for (let k = 0; k < pairs.length; k++) {
    const { s, y, rho } = pairs[k]!;
    const beta = rho * dot(y, direction);
    for (let i = 0; i < direction.length; i++) direction[i]! += (alphas[k]! - beta) * s[i]!;
  }
  return direction;
};

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
};
