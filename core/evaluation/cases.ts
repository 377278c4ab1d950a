import { gatherFeatures, noFeatures, queriesOf, raggedOf, sortInteractions } from '../data/index.ts';
import type { Dataset, Interactions, QueryBatch, Ragged } from '../spi/index.ts';
import { type Parts, selectRows, withInteractions } from './parts.ts';
import type { Mask, Protocol } from './protocol.ts';

/** Who is asked: the users with something left to find, ascending, and what each is asked with. */
export interface Cases {
  readonly users: Int32Array;
  /** Held-out positives of each case, ascending, without masked items. */
  readonly relevant: Ragged;
  /** The value recorded with each of `relevant.values`, the largest where there are several; NaN = none. */
  readonly grades: Float32Array;
  /** Items of each case's history, an item as often as it occurs there. */
  readonly masked: Ragged;
  /** What queries are made of; its events are exactly what is masked. */
  readonly history: Dataset;
  /** The case's first test event: its time and context are those of the question. */
  readonly firstTestRow: Uint32Array;
}

/** The events that the mask names, as one dataset. */
export const historyOf = ({ train, validation }: Parts, mask: Mask): Dataset => {
  if (mask === 'train') return train;
  if (mask === 'none') return withInteractions(train, selectRows(train.interactions, new Uint32Array(0)));
  if (validation.interactions.length === 0) return train;
  return withInteractions(train, concat(train.interactions, validation.interactions, train.users.size));
};

const concat = (a: Interactions, b: Interactions, userCount: number): Interactions => {
  const join = <A extends Int32Array | Float32Array | Float64Array | Uint8Array>(left: A, right: A): A => {
    const joined = new (left.constructor as new (length: number) => A)(left.length + right.length);
    joined.set(left);
    joined.set(right, left.length);
    return joined;
  };
  const typeNames = [...new Set([...a.typeNames, ...b.typeNames])];
  const ofB = b.types.map((type) => typeNames.indexOf(b.typeNames[type]!));
  return sortInteractions(
    {
      users: join(a.users, b.users),
      items: join(a.items, b.items),
      values: join(a.values, b.values),
      weights: join(a.weights, b.weights),
      times: join(a.times, b.times),
      types: join(a.types, ofB),
      typeNames,
      eventIds: join(a.eventIds, b.eventIds),
    },
    userCount,
  );
};

/** `asked` narrows the users, e.g. to those a candidate file knows. */
export const casesOf = (parts: Parts, mask: Mask, asked: (user: number) => boolean = () => true): Cases => {
  const history = historyOf(parts, mask);
  const test = parts.test.interactions;
  const users: number[] = [];
  const firsts: number[] = [];
  const relevant = ragged();
  const masked = ragged();
  const past = history.interactions;
  /** The last user whose history or relevant items had the item, + 1. */
  const closedTo = new Int32Array(parts.test.items.size);
  const gradeOf = new Float32Array(parts.test.items.size);
  const grades: number[] = [];
  for (let user = 0; user < parts.test.users.size; user++) {
    const from = test.userOffsets[user]!;
    const to = test.userOffsets[user + 1]!;
    if (from === to || !asked(user)) continue;
    const seen = past.items.subarray(past.userOffsets[user]!, past.userOffsets[user + 1]!);
    for (let k = 0; k < seen.length; k++) closedTo[seen[k]!] = user + 1;
    const found = new Int32Array(to - from);
    let size = 0;
    let first = -1;
    for (let row = from; row < to; row++) {
      const item = test.items[row]!;
      if (!(test.weights[row]! > 0)) continue;
      if (closedTo[item] === user + 1) {
        if (Number.isNaN(gradeOf[item]!) || test.values[row]! > gradeOf[item]!) gradeOf[item] = test.values[row]!;
        continue;
      }
      closedTo[item] = user + 1;
      gradeOf[item] = test.values[row]!;
      found[size++] = item;
      if (first < 0) first = row;
    }
    if (first < 0) continue;
    users.push(user);
    firsts.push(first);
    const own = found.subarray(0, size).sort();
    relevant.push(own);
    for (const item of own) grades.push(gradeOf[item]!);
    masked.push(seen);
  }
  return {
    users: Int32Array.from(users),
    relevant: relevant.done(),
    grades: Float32Array.from(grades),
    masked: masked.done(),
    history,
    firstTestRow: Uint32Array.from(firsts),
  };
};

/** What finding an item is worth where only the order of worths counts: its value, 1 where it has none. */
export const worthOf = (grade: number): number => (Number.isNaN(grade) ? 1 : grade);

/** The relevant items of each case, those worth least first. */
export const leastWorthFirst = ({ relevant: { offsets, values }, grades }: Cases): Ragged => {
  const ordered = new Int32Array(values.length);
  for (let c = 0; c + 1 < offsets.length; c++) {
    const places = Uint32Array.from({ length: offsets[c + 1]! - offsets[c]! }, (_, k) => offsets[c]! + k);
    places.sort((a, b) => worthOf(grades[a]!) - worthOf(grades[b]!) || a - b);
    for (const [k, place] of places.entries()) ordered[offsets[c]! + k] = values[place]!;
  }
  return { offsets, values: ordered };
};

/** Distinct items of a user, ascending. */
export const itemsOf = ({ items, userOffsets }: Interactions, user: number): Int32Array => {
  const sorted = items.slice(userOffsets[user]!, userOffsets[user + 1]!).sort();
  let size = 0;
  for (let k = 0; k < sorted.length; k++) if (k === 0 || sorted[k] !== sorted[k - 1]) sorted[size++] = sorted[k]!;
  return sorted.subarray(0, size);
};

/** Collects rows. */
export const ragged = (): { push(row: Int32Array): void; done(): Ragged } => {
  const rows: Int32Array[] = [];
  return {
    push: (row) => void rows.push(row),
    done: () => raggedOf(rows),
  };
};

/** Row r of a ragged array, a view. */
export const rowOf = ({ offsets, values }: Ragged, row: number): Int32Array =>
  values.subarray(offsets[row]!, offsets[row + 1]!);

/** Rows `from .. to`, with offsets of their own. */
export const sliceRows = ({ offsets, values }: Ragged, from: number, to: number): Ragged => ({
  offsets: offsets.slice(from, to + 1).map((offset) => offset - offsets[from]!),
  values: values.slice(offsets[from]!, offsets[to]!),
});

/**
 * Queries of test rows: each with its user's history, asked at the row's time (never before the history's last event;
 * the history's end where unknown) in the row's context.
 */
export const queriesAt = (
  parts: Parts,
  history: Dataset,
  users: Int32Array,
  testRows: Uint32Array,
  options: { readonly seed: Protocol['seed']; readonly extra: QueryBatch['extra'] },
): QueryBatch => {
  const queries = queriesOf(history, users, options.seed);
  const { times, context } = parts.test.interactions;
  const { offsets, times: past } = queries.histories;
  const until = parts.train.until;
  const now = Float64Array.from(testRows, (row, q) => {
    const last = offsets[q + 1]! > offsets[q]! ? past[offsets[q + 1]! - 1]! : Number.NaN;
    const time = times[row]!;
    if (Number.isNaN(time)) return Number.isNaN(last) ? until : Math.max(last, until);
    return Number.isNaN(last) ? time : Math.max(time, last);
  });
  const hasContext = Object.keys(context.columns).length > 0;
  return {
    ...queries,
    now,
    context: hasContext ? gatherFeatures(context, testRows) : noFeatures(users.length),
    extra: options.extra,
  };
};
