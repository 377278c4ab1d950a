/** How events of one type speak: an entry of the config's `data.feedback`. */
export type Feedback =
  | {
      readonly kind: 'explicit';
      readonly min?: number | undefined;
      readonly weight: number;
      /** The least and the greatest value that can be recorded. */
      readonly scale?: readonly [number, number] | undefined;
    }
  | { readonly kind: 'implicit'; readonly weight: number }
  | { readonly kind: 'negative' };

/** The config's `data.feedback`: rules by event type, and what becomes of types without one. */
export type FeedbackRules = Readonly<Record<string, Feedback | 'keep' | 'refuse' | undefined>>;

/** The rule of an event type; undefined = it has none. */
export const ruleOf = (rules: FeedbackRules, type: string): Feedback | undefined => {
  const rule = Object.hasOwn(rules, type) ? rules[type] : undefined;
  return typeof rule === 'object' ? rule : undefined;
};

/** The event types that have a rule. */
export const ruledTypes = (rules: FeedbackRules): string[] =>
  Object.keys(rules).filter((type) => typeof rules[type] === 'object');

/** Whether events of this type are stored without weighing anything: other types have rules, it has none. */
export const isUnweighed = (rules: FeedbackRules, type: string): boolean =>
  ruleOf(rules, type) === undefined && ruledTypes(rules).length > 0;

/** Whether an event of this type says: not this again. */
export const isNegative = (rules: FeedbackRules, type: string): boolean => ruleOf(rules, type)?.kind === 'negative';

/**
 * An event's implicit strength. Implicit: its type's weight. Explicit: the weight where the value reaches `min` or there
 * is none to judge by, otherwise 0: seen, but no positive. Negative: 0. A type without a rule: 0, but 1 where no type
 * has one: then all events are positives alike.
 */
export const feedbackWeight = (rules: FeedbackRules, type: string, value: number | null): number => {
  const rule = ruleOf(rules, type);
  if (!rule) return isUnweighed(rules, type) ? 0 : 1;
  if (rule.kind === 'negative') return 0;
  if (rule.kind === 'implicit' || rule.min === undefined || value === null || Number.isNaN(value)) return rule.weight;
  return value >= rule.min ? rule.weight : 0;
};

/** What counts as a positive, for whoever counts events by type; undefined = every event does. */
export interface PositiveType {
  readonly type: string;
  /** A value below it is no positive. */
  readonly min?: number;
}

export const positiveTypes = (rules: FeedbackRules): readonly PositiveType[] | undefined => {
  const types = ruledTypes(rules);
  if (types.length === 0) return undefined;
  return types.flatMap((type): PositiveType[] => {
    const rule = ruleOf(rules, type)!;
    if (rule.kind === 'negative' || rule.weight === 0) return [];
    return [rule.kind === 'explicit' && rule.min !== undefined ? { type, min: rule.min } : { type }];
  });
};

/** Items whose newest telling event of a user is negative: an event after it that is a positive takes it back. */
export const rejectedItems = (
  /** Oldest first. */
  history: readonly { readonly item: string; readonly type: string; readonly value: number | null }[],
  rules: FeedbackRules,
): readonly string[] => {
  if (!ruledTypes(rules).some((type) => isNegative(rules, type))) return [];
  const rejected = new Map<string, boolean>();
  for (const { item, type, value } of history) {
    if (isNegative(rules, type)) rejected.set(item, true);
    else if (feedbackWeight(rules, type, value) > 0) rejected.delete(item);
  }
  return [...rejected.keys()];
};
