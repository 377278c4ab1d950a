/** How strongly events of one type speak: the config's `data.feedback`. */
export type Feedback =
  | { readonly kind: 'explicit'; readonly min?: number | undefined; readonly weight: number }
  | { readonly kind: 'implicit'; readonly weight: number };

/**
 * An event's implicit strength. Implicit: its type's weight, 1 for a type that is not named. Explicit: the weight
 * where the value reaches `min` or there is none to judge by, otherwise 0: seen, but no positive.
 */
export const feedbackWeight = (
  feedback: Readonly<Record<string, Feedback>>,
  type: string,
  value: number | null,
): number => {
  const rule = Object.hasOwn(feedback, type) ? feedback[type]! : undefined;
  if (!rule) return 1;
  if (rule.kind === 'implicit' || rule.min === undefined || value === null || Number.isNaN(value)) return rule.weight;
  return value >= rule.min ? rule.weight : 0;
};
