import { type FeedbackRules, isUnweighed, ruledTypes, ruleOf } from './feedback.ts';

/** What the config's `data` says that bounds an event. */
export interface Bounds {
  readonly feedback: FeedbackRules;
  /** How many days after now an event may lie. */
  readonly futureDays: number;
  /** What becomes of items that events name and the catalogue does not. */
  readonly unlisted?: 'hide' | 'recommend' | undefined;
}

export interface Plausible {
  readonly type: string;
  /** NaN or null = none. */
  readonly value: number | null;
  /** Milliseconds since the epoch; NaN = unknown. */
  readonly time: number;
}

const DAY_MS = 86_400_000;
/** A value that no scale bounds: sums of its squares over millions of events stay within single precision. */
const MAX_VALUE = 1e9;

/** The latest time, ms, that an event may have. */
export const latestOf = (futureDays: number, now: number): number => now + futureDays * DAY_MS;

/**
 * Says why an event cannot be meant: a time after now, a value beyond its type's scale, a type that is refused.
 * The same for files and for `recordEvents`. undefined = it can.
 */
export const createPlausibility = ({ feedback, futureDays }: Bounds, now: number) => {
  const latest = latestOf(futureDays, now);
  return ({ type, value, time }: Plausible): string | undefined => {
    if (time > latest) {
      return `time is ${isoOf(time)}, more than ${futureDays} days after now; is it in milliseconds? data.futureDays allows more`;
    }
    const rule = ruleOf(feedback, type);
    if (rule === undefined && feedback.unknown === 'refuse' && isUnweighed(feedback, type)) {
      return `type is "${type}", which data.feedback does not name. Known: ${ruledTypes(feedback).join(', ')}`;
    }
    if (value === null || Number.isNaN(value)) return undefined;
    const [low, high] = (rule?.kind === 'explicit' && rule.scale) || [-MAX_VALUE, MAX_VALUE];
    if (value >= low && value <= high) return undefined;
    return `value is ${value}, outside ${low} to ${high}${rule?.kind === 'explicit' && rule.scale ? `, the scale of data.feedback.${type}` : ''}`;
  };
};

const isoOf = (time: number): string => (Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : String(time));
