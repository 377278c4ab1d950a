import { didYouMean } from '../did-you-mean.ts';
import { type FeedbackRules, isUnweighed, ruledTypes } from '../feedback.ts';
import type { InteractionRow } from '../readers/batch.ts';

/** Counts what an import's reader should hear of: event types that weigh nothing, rows that were left out. */
export const createTally = (feedback: FeedbackRules) => {
  const types = new Map<string, number>();
  let implausible = 0;
  return {
    add: ({ type }: InteractionRow): void => void types.set(type, (types.get(type) ?? 0) + 1),
    leftOut: (count: number): void => {
      implausible += count;
    },
    /** Sentences for the terminal and the result. */
    warnings: (): string[] => [
      ...(implausible > 0
        ? [`${implausible} events were left out: their time or value cannot be meant; the rejects say which and why.`]
        : []),
      ...[...types]
        .filter(([type]) => isUnweighed(feedback, type))
        .map(
          ([type, count]) =>
            `${count} events of type "${type}" are stored, but weigh nothing: data.feedback does not name it.${didYouMean(type, ruledTypes(feedback))}`,
        ),
    ],
  };
};
