import { RecographError } from '../spi/index.ts';
import type { AskedMetric } from './metrics/index.ts';
import type { Parts } from './parts.ts';
import type { Protocol } from './protocol.ts';

/** A training part below this share of all events is worth a warning. */
const FEW = 0.1;
/** As is a test part that is larger than was asked for by more than this share of all events, and by half. */
const MORE = 0.1;
/** As is a test part of which more users than this share have no event in the training part. */
const STRANGERS = 0.9;

/**
 * What a reader of the figures should know about the split. Throws DATA_EMPTY where nothing is left to train on, and
 * DATA_INVALID where a metric that is asked for is undefined for whatever is trained: before anything is.
 */
export const checkParts = (
  parts: Parts,
  asked: readonly AskedMetric[],
  split: Protocol['split'] = { use: 'given' },
): string[] => {
  const train = parts.train.interactions.length;
  const all = train + parts.validation.interactions.length + parts.test.interactions.length;
  if (train === 0 && all > 0) {
    const message = `evaluation.split leaves nothing to train on: ${sizes(parts)}. ${causeOf(parts)}`;
    throw new RecographError('DATA_EMPTY', message, { at: 'evaluation.split' });
  }
  checkLabels(parts, asked);
  const warnings: string[] = [];
  if (train < FEW * all) {
    warnings.push(
      `Only ${percent(train / all)} of the events are left to train on: ${sizes(parts)}. ${causeOf(parts)}`,
    );
  }
  const wanted = split.use === 'temporal' && split.at === undefined ? Number(split.test) : Number.NaN;
  const share = parts.test.interactions.length / all;
  if (warnings.length === 0 && share > wanted + MORE && share > 1.5 * wanted) {
    warnings.push(
      `The test part is ${percent(share)} of the events, where ${percent(wanted)} were asked for: ${sizes(parts)}. Events of one time stay together, and many have the same: name a finer time column in data.interactions.columns.time, or use evaluation.split { use: 'random' }.`,
    );
  }
  const { tested, strangers } = testUsers(parts);
  if (tested > 0 && strangers > STRANGERS * tested) {
    warnings.push(
      `${strangers} of ${tested} users of the test part have no event in the training part: nothing personal is known of them. ${causeOf(parts)}`,
    );
  }
  return warnings;
};

const sizes = ({ train, validation, test }: Parts): string =>
  `${train.interactions.length} events are in train, ${validation.interactions.length} in validation, ${test.interactions.length} in test`;

const causeOf = ({ train, validation, test }: Parts): string => {
  const times = [train, validation, test].flatMap(({ interactions }) => {
    const known = interactions.times.filter((time) => !Number.isNaN(time));
    return known.length === 0 ? [] : [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))];
  });
  if (times.length > 0 && Math.min(...times) === Math.max(...times)) {
    const time = new Date(times[0]!).toISOString();
    return `All events have the same time (${time}), so no split by time can part them: use evaluation.split { use: 'random' }, or name a finer time column in data.interactions.columns.time.`;
  }
  return "See whether evaluation.split suits the data: a later `at` or a smaller `test`, or { use: 'random' } or { use: 'leave-last-out' }.";
};

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.01 ? 2 : 0)} %`;

const testUsers = ({ train, test }: Parts): { tested: number; strangers: number } => {
  const users = new Set(test.interactions.users);
  const { userOffsets } = train.interactions;
  let strangers = 0;
  for (const user of users) if (!(userOffsets[user + 1]! > userOffsets[user]!)) strangers++;
  return { tested: users.size, strangers };
};

/** AUC compares positives with negatives: with rows of one kind alone it is undefined, whatever is trained. */
const checkLabels = ({ test }: Parts, asked: readonly AskedMetric[]): void => {
  const place = asked.findIndex(({ needsBothLabels }) => needsBothLabels);
  const { weights, values } = test.interactions;
  if (place < 0 || weights.length === 0) return;
  const positives = weights.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0);
  if (positives > 0 && positives < weights.length) return;
  const kind = positives > 0 ? 'positives' : 'negatives';
  const hint =
    positives > 0 && values.some((value) => value === 0)
      ? "Their values are labels: say so with data.feedback: { TYPE: { kind: 'explicit', min: 1 } }, TYPE being the events' type (`rating` where the file has none)."
      : "Say in data.feedback which values are positives ({ kind: 'explicit', min }), or leave the metric out.";
  throw new RecographError(
    'DATA_INVALID',
    `evaluation.metrics asks for ${asked[place]!.name}, which is undefined here: all ${weights.length} test events are ${kind}. ${hint}`,
    { at: 'evaluation.metrics' },
  );
};
