import { didYouMean } from '../data/did-you-mean.ts';
import { type FeedbackRules, isUnweighed, ruledTypes, ruleOf, type SnapshotEvents } from '../data/index.ts';
import { latestOf } from '../data/plausible.ts';
import type { DataConfig } from '../registry/sections/index.ts';
import { RecographError } from '../spi/index.ts';

type Events = Pick<SnapshotEvents, 'length' | 'types' | 'typeNames' | 'values' | 'times'>;

/** Fewer events than this may be 0 and 1 by chance. */
const MIN_LABELS = 50;

/**
 * What of the stored events does not count as the reader of a config may think. Throws DATA_INVALID where the values of
 * a type look like labels and no rule says which of them is a positive: all would be.
 */
export const dataNotes = (events: Events, { feedback, futureDays }: DataConfig, now: number): string[] => {
  const types = typesOf(events);
  refuseLabels(types, feedback);
  return [
    ...unweighedNotes(types, feedback),
    ...unusedRules(types, feedback),
    ...alikeNotes(types, feedback),
    ...futureNotes(events, latestOf(futureDays, now)),
  ];
};

interface TypeFacts {
  readonly type: string;
  count: number;
  zeros: number;
  ones: number;
  others: number;
}

const typesOf = ({ types, typeNames, values, length }: Events): readonly TypeFacts[] => {
  const facts = typeNames.map((type): TypeFacts => ({ type, count: 0, zeros: 0, ones: 0, others: 0 }));
  for (let row = 0; row < length; row++) {
    const fact = facts[types[row]!]!;
    const value = values[row]!;
    fact.count++;
    if (value === 0) fact.zeros++;
    else if (value === 1) fact.ones++;
    else fact.others++;
  }
  return facts.filter(({ count }) => count > 0);
};

const refuseLabels = (types: readonly TypeFacts[], feedback: FeedbackRules): void => {
  const labels = types.find(
    ({ type, count, zeros, ones, others }) =>
      others === 0 && zeros > 0 && ones > 0 && count >= MIN_LABELS && ruleOf(feedback, type) === undefined,
  );
  if (!labels || isUnweighed(feedback, labels.type)) return;
  const { type, count, zeros } = labels;
  const message = `All ${count} events of type "${type}" have the value 0 or 1, ${zeros} of them 0: these look like labels, but without a rule all of them count as positives. Write data.feedback: { ${keyOf(type)}: { kind: 'explicit', min: 1 } }, or { kind: 'implicit' } where a 0 is a positive too.`;
  throw new RecographError('DATA_INVALID', message, { at: 'data.feedback' });
};

const unweighedNotes = (types: readonly TypeFacts[], feedback: FeedbackRules): string[] => {
  const rules = ruledTypes(feedback);
  return types
    .filter(({ type }) => isUnweighed(feedback, type))
    .map(
      ({ type, count }) =>
        `${count} events of type "${type}" weigh nothing: data.feedback does not name it.${didYouMean(type, rules)}`,
    );
};

const unusedRules = (types: readonly TypeFacts[], feedback: FeedbackRules): string[] => {
  const stored = types.map(({ type }) => type);
  return ruledTypes(feedback)
    .filter((type) => !stored.includes(type))
    .map((type) => `data.feedback.${type} is the rule of no event: no event has this type.${didYouMean(type, stored)}`);
};

const alikeNotes = (types: readonly TypeFacts[], feedback: FeedbackRules): string[] =>
  ruledTypes(feedback).length === 0 && types.length > 1
    ? [
        `Events of all types (${types.map(({ type, count }) => `${type}: ${count}`).join(', ')}) count alike as positives: data.feedback names none of them.`,
      ]
    : [];

const futureNotes = ({ times }: Events, latest: number): string[] => {
  const late = times.reduce((count, time) => (time > latest ? count + 1 : count), 0);
  if (late === 0) return [];
  const newest = times.reduce((a, b) => (b > a ? b : a), 0);
  return [
    `${late} events are dated later than now, the latest ${new Date(newest).toISOString()}: they are left out. Is their time in milliseconds? data.futureDays allows more.`,
  ];
};

const keyOf = (type: string): string => (/^[a-z_]\w*$/i.test(type) ? type : JSON.stringify(type));
