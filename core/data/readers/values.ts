import type { Json } from '../../spi/index.ts';
import { timeProblem } from '../records.ts';
import { Malformed } from './batch.ts';

/** A leading zero makes it a code ("007"), not a number. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** NaN = an empty field. */
export const parseValue = (text: string): number | Malformed => {
  if (text === '') return Number.NaN;
  const value = Number(text);
  return Number.isFinite(value) && text.trim() !== ''
    ? value
    : new Malformed(`value is ${JSON.stringify(text)}, not a number`);
};

/** Numbers below this are seconds (in ms it would be March 1973), others milliseconds. */
const SECONDS_BELOW = 1e11;
const DATE = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Seconds or milliseconds since the epoch, or an ISO date (UTC where it names no zone). NaN = an empty field. */
export const parseTime = (text: string): number | Malformed => {
  if (text === '') return Number.NaN;
  const number = Number(text);
  if (number === number && text.trim() !== '') return checkedTime(number, text);
  if (DATE.test(text)) {
    const zoned = text.length > 10 && !/(Z|[+-]\d{2}:?\d{2})$/.test(text.slice(10)) ? `${text}Z` : text;
    const time = Date.parse(zoned.replace(' ', 'T'));
    if (time === time) return checkedTime(time >= 0 && time < SECONDS_BELOW ? time / 1000 : time, text);
  }
  return new Malformed(`time is ${JSON.stringify(text)}, neither a number nor an ISO date`);
};

const checkedTime = (number: number, text: string): number | Malformed => {
  const time = number < SECONDS_BELOW ? number * 1000 : number;
  return timeProblem(time) === undefined
    ? time
    : new Malformed(`time is ${JSON.stringify(text)}; it must be from 1970 on and finite`);
};

/** A context field: a number where it reads as one. */
export const parseScalar = (text: string): string | number => (NUMBER.test(text) ? Number(text) : text);

/** An attribute: a number, a JSON array or a `|`-separated list, or text. */
export const parseAttribute = (text: string): Json => {
  if (NUMBER.test(text)) return Number(text);
  if (text.startsWith('[') && text.endsWith(']')) {
    try {
      return JSON.parse(text) as Json;
    } catch {
      return text;
    }
  }
  return text.includes('|') ? parseList(text) : text;
};

export const parseList = (text: string): string[] => {
  if (text.startsWith('[') && text.endsWith(']')) {
    try {
      return (JSON.parse(text) as unknown[]).map(String);
    } catch {
      // Not JSON after all: a name in brackets.
    }
  }
  return text
    .split('|')
    .map((part) => part.trim())
    .filter((part) => part !== '');
};

export const parseBoolean = (text: string): boolean | Malformed => {
  const word = text.trim().toLowerCase();
  if (['true', '1', 'yes', 'y', 't'].includes(word)) return true;
  if (['false', '0', 'no', 'n', 'f'].includes(word)) return false;
  return new Malformed(`available is ${JSON.stringify(text)}, neither true nor false`);
};
