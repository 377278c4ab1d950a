import type { FeatureColumn } from '../../spi/index.ts';
import type { DatePart } from './encoding.ts';
import {
  type ColumnDescription,
  type FieldEncoder,
  type FieldLearner,
  type FieldState,
  SPECIAL_LABELS,
} from './field.ts';
import { FIRST } from './labels.ts';
import { createMoments } from './scaling.ts';
import { malformed, parseDate } from './values.ts';

type DateState = Extract<FieldState, { kind: 'date' }>;

const DAY_MS = 86_400_000;
const range = (from: number, count: number) => Array.from({ length: count }, (_, k) => String(from + k));
const calendar = {
  hour: { labels: range(0, 24), code: (date: Date) => date.getUTCHours() },
  weekday: {
    labels: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
    code: (date: Date) => date.getUTCDay(),
  },
  month: { labels: range(1, 12), code: (date: Date) => date.getUTCMonth() },
} as const;

export const learnDate = (parts: readonly DatePart[]): FieldLearner => {
  const moments = createMoments();
  let newest = Number.NEGATIVE_INFINITY;
  return {
    add: (value) => {
      const time = parseDate(value);
      if (time === undefined || time === malformed) return;
      moments.add(time / DAY_MS);
      newest = Math.max(newest, time);
    },
    state: () => {
      const reference = Number.isFinite(newest) ? newest : 0;
      return {
        kind: 'date',
        parts,
        reference,
        meanAge: reference / DAY_MS - moments.mean,
        ageDeviation: moments.deviation,
      };
    },
  };
};

/**
 * Columns `NAME.hour`, `NAME.weekday`, `NAME.month` (categorical, UTC) and `NAME.age` (days before the newest date
 * of the training records, to zero mean and unit variance).
 */
export const dateEncoder = (name: string, state: DateState): FieldEncoder => ({
  columns: state.parts.map(
    (part): ColumnDescription =>
      part === 'age'
        ? { name: `${name}.age`, kind: 'dense', encoding: 'date', width: 1 }
        : {
            name: `${name}.${part}`,
            kind: 'categorical',
            encoding: 'date',
            size: FIRST + calendar[part].labels.length,
          },
  ),
  encode: (values, onMalformed) => {
    const times = values.map((value) => {
      const time = parseDate(value);
      if (time === malformed) onMalformed();
      return time === undefined || time === malformed ? Number.NaN : time;
    });
    return state.parts.map((part): FeatureColumn => (part === 'age' ? ages(times, state) : codes(times, part)));
  },
  labels: (place) => {
    const part = state.parts[place];
    return part === undefined || part === 'age' ? undefined : [...SPECIAL_LABELS, ...calendar[part].labels];
  },
});

const ages = (times: readonly number[], state: DateState): FeatureColumn => ({
  kind: 'dense',
  width: 1,
  values: Float32Array.from(times, (time) => ((state.reference - time) / DAY_MS - state.meanAge) / state.ageDeviation),
});

const codes = (times: readonly number[], part: keyof typeof calendar): FeatureColumn => ({
  kind: 'categorical',
  size: FIRST + calendar[part].labels.length,
  codes: Int32Array.from(times, (time) => (Number.isNaN(time) ? 0 : FIRST + calendar[part].code(new Date(time)))),
});
