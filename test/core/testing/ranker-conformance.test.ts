import { defineRanker, type FittedRanker, type LabelledGroups, RecographError, throwIfCancelled } from 'recograph';
import { rankerConformance } from 'recograph/testing';
import { expect, it } from 'vitest';
import { expectFailures } from './only-fails.ts';

interface Breach {
  readonly weigh?: (weight: number) => number;
  readonly score?: (scores: Float32Array, features: Float32Array, groups: number) => void;
  readonly scores?: (scores: Float32Array) => Float32Array;
  readonly groups?: (groups: LabelledGroups) => void;
  readonly skipLabels?: boolean;
}

/** The mean difference of the first column between chosen and others, times that column; missing counts as 0. */
const toyRanker = ({
  weigh = (w) => w,
  score = () => {},
  scores: as = (given) => given,
  groups: look = () => {},
  skipLabels = false,
}: Breach = {}) => {
  const fitted = (weight: number): FittedRanker => ({
    score: async ({ features, offsets }) => {
      const scores = Float32Array.from({ length: features.rows }, (_, r) => {
        const value = features.data[r * features.columns]!;
        return Number.isNaN(value) ? 0 : weight * value;
      });
      score(scores, features.data, offsets.length - 1);
      return as(scores);
    },
    state: () => ({ json: { weight: Number.isNaN(weight) ? null : weight }, tensors: {} }),
  });
  return defineRanker({
    type: 'toy',
    create: () => ({
      fit: async (groups, _inputs, { signal, report }) => {
        throwIfCancelled(signal);
        look(groups);
        if (!skipLabels && !groups.labels.every(Number.isFinite)) throw new RecographError('NOT_FINITE', 'A label.');
        if (!groups.labels.some((label) => label !== 0)) throw new RecographError('DATA_EMPTY', 'Nothing chosen.');
        const { data, columns } = groups.features;
        const weight = groups.labels.reduce((sum, label, r) => sum + (label - 1 / 6) * data[r * columns]!, 0);
        report({ epoch: 1, epochs: 1, loss: 0 });
        return fitted(weigh(weight));
      },
      restore: ({ json }) => fitted((json as { weight: number | null }).weight ?? Number.NaN),
    }),
  });
};

const checksOf = (breach: Breach = {}) => rankerConformance(toyRanker(breach));
const accident = (): never => {
  throw new TypeError('an accident');
};

const BREACHES: Readonly<Record<string, Breach>> = {
  'rank: learns what tells the chosen candidate': { weigh: (weight) => -weight },
  'score: a finite number for every candidate': {
    score: (scores, features) => {
      if (features.length > 100 && !features.some(Number.isNaN)) scores[0] = Number.NaN;
    },
  },
  'score: a Float32Array': { scores: (scores) => new Float64Array(scores) as never },
  'score: a group alone is answered as among others': {
    score: (scores, _features, groups) => {
      if (groups === 1) scores.set(scores.map((score) => score + 5));
    },
  },
  'score: the order of the candidates does not matter': {
    score: (scores) => scores.set(scores.map((score, row) => score + (row % 6))),
  },
  'score: missing features': {
    score: (_scores, features) => {
      if (features.length > 0 && features.every(Number.isNaN)) accident();
    },
  },
  'score: no groups, empty groups': {
    score: (scores) => {
      if (scores.length === 0) accident();
    },
  },
  'data: nothing chosen': {
    groups: ({ labels }) => {
      if (labels.length > 1 && labels.every((label) => label === 0)) accident();
    },
  },
  'data: empty': {
    groups: ({ labels }) => {
      if (labels.length === 0) accident();
    },
  },
  'data: one group': {
    groups: ({ labels }) => {
      if (labels.length === 1) accident();
    },
  },
  'data: NaN labels spoil nothing': { skipLabels: true },
};

it('passes a ranker that keeps its contract', () => expectFailures(checksOf(), []));

it('has a broken ranker for each check of its own', () => {
  const names = checksOf().map(({ name }) => name);
  expect(Object.keys(BREACHES)).toEqual(names.filter((name) => /^(rank|score|data):/.test(name)));
});

for (const [name, breach] of Object.entries(BREACHES)) {
  it(`fails a ranker by "${name}" alone`, () => expectFailures(checksOf(breach), [name]));
}
