import { createRng } from '../math/index.ts';
import { RecographError } from '../spi/index.ts';
import { interval, meanReplicates, resample, weightedMean } from './bootstrap.ts';
import { requireSameProtocol } from './protocol.ts';
import type { Evaluated, Samples } from './report.ts';

export interface Comparison {
  /** Target of the first and of the second report. */
  readonly a: string;
  readonly b: string;
  readonly metrics: Readonly<
    Record<
      string,
      {
        readonly a: number | null;
        readonly b: number | null;
        /** b - a. */
        readonly difference: number | null;
        /** 95 % paired bootstrap interval of the difference over users, where both have a value a user. */
        readonly interval?: readonly [number, number];
      }
    >
  >;
}

/**
 * Differences of two reports under one protocol. `pairs` names targets of the first and the second report; without it
 * targets of the same name are compared, or the only two. Throws PROTOCOL_MISMATCH naming what differs.
 */
export const compareReports = (
  a: Evaluated,
  b: Evaluated,
  pairs: readonly (readonly [string, string])[] = samePairs(a, b),
  seed = 0,
): readonly Comparison[] => {
  requireSameProtocol(a.report.protocol, b.report.protocol);
  return pairs.map(([nameA, nameB]) => {
    const left = find(a, nameA);
    const right = find(b, nameB);
    const metrics: Record<string, Comparison['metrics'][string]> = {};
    for (const [name, valueA] of Object.entries(left.result.metrics)) {
      const valueB = right.result.metrics[name];
      if (valueB === undefined) continue;
      const bounds = left.samples && right.samples && pairedInterval(left.samples, right.samples, name, seed);
      metrics[name] = {
        a: valueA,
        b: valueB,
        difference: valueA === null || valueB === null ? null : valueB - valueA,
        ...(bounds ? { interval: bounds } : {}),
      };
    }
    return { a: nameA, b: nameB, metrics };
  });
};

const samePairs = (a: Evaluated, b: Evaluated): [string, string][] => {
  const ofA = a.report.results.map(({ target }) => target);
  const ofB = b.report.results.map(({ target }) => target);
  const both = ofA.filter((name) => ofB.includes(name)).map((name): [string, string] => [name, name]);
  return both.length === 0 && ofA.length === 1 && ofB.length === 1 ? [[ofA[0]!, ofB[0]!]] : both;
};

const find = ({ report, samples }: Evaluated, name: string) => {
  const result = report.results.find(({ target }) => target === name);
  if (!result) {
    const known = report.results.map(({ target }) => target).join(', ');
    throw new RecographError('INVALID_ARGUMENT', `The report has no target "${name}". It has: ${known}.`, { at: name });
  }
  return { result, samples: samples?.find(({ target }) => target === name) };
};

/** Users drawn once for both sides; a user undefined on one side is left out of both. */
const pairedInterval = (a: Samples, b: Samples, metric: string, seed: number): [number, number] | undefined => {
  const replicates: Float64Array[] = [];
  for (const [f, fold] of a.folds.entries()) {
    const left = fold.values[metric];
    const right = b.folds[f]?.values[metric];
    if (!left || !right || left.length !== right.length || left.length === 0) return undefined;
    const differences = left.map((value, u) => right[u]! - value);
    replicates.push(resample(left.length, createRng(seed).fork(`fold ${f}`), [weightedMean(differences)])[0]!);
  }
  return replicates.length > 0 ? interval(meanReplicates(replicates)) : undefined;
};
