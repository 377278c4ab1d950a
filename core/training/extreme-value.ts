import { type Dataset, RecographError } from '../spi/index.ts';

/** How many times the median a value must be to be named. */
const FAR = 100;

/** A training that ended in NaN or Infinity, with the event that is most likely to be why. */
export const withExtremeValue = (error: unknown, data: Dataset): unknown => {
  if (!(error instanceof RecographError) || error.code !== 'NOT_FINITE') return error;
  const extreme = extremeOf(data);
  if (extreme === undefined) return error;
  const options = { cause: error, ...(error.at === undefined ? {} : { at: error.at }) };
  return new RecographError('NOT_FINITE', `${error.message} ${extreme}`, options);
};

const extremeOf = ({ interactions, users, items }: Dataset): string | undefined => {
  const sizes = interactions.values.filter(Number.isFinite).map(Math.abs).sort();
  const median = sizes[sizes.length >> 1];
  const largest = sizes.at(-1);
  if (median === undefined || largest === undefined || !(largest > FAR * Math.max(median, 1e-6))) return undefined;
  const row = interactions.values.findIndex((value) => Math.abs(value) === largest);
  const type = interactions.typeNames[interactions.types[row]!]!;
  return `One event stands out: value ${interactions.values[row]} of type "${type}" by user "${users.id(interactions.users[row]!)}" on item "${items.id(interactions.items[row]!)}", where the median is ${median}. Where it is a mistake, delete it, and bound the values with data.feedback.${type}.scale.`;
};
