import type { Json } from '../../spi/index.ts';

/** undefined = the record has no such field, or null; `malformed` = it has one that does not fit the encoding. */
export const malformed: unique symbol = Symbol('malformed');
export type Parsed<T> = T | undefined | typeof malformed;

/** The largest 32-bit float: columns hold no larger number. */
export const MAX_FLOAT = 3.4028234663852886e38;
const MAX_DATE_MS = 8.64e15;
const fits = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) <= MAX_FLOAT;

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A number that fits a 32-bit float; text that is one as a whole (files know no other) and booleans (1, 0) count. */
export const parseNumber = (value: Json | undefined): Parsed<number> => {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'boolean') return value ? 1 : 0;
  const number = typeof value === 'string' && decimal.test(value.trim()) ? Number(value) : value;
  return fits(number) ? number : malformed;
};

/** A scalar's label: 3, '3' and '3' from a file are the same category. */
export const parseLabel = (value: Json | undefined): Parsed<string> => {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'object') return malformed;
  return typeof value === 'number' && !Number.isFinite(value) ? malformed : String(value);
};

/** Labels of a list; a scalar is a list of one. */
export const parseLabels = (value: Json | undefined): Parsed<readonly string[]> => {
  if (!Array.isArray(value)) {
    const label = parseLabel(value);
    return label === undefined || label === malformed ? label : [label];
  }
  const labels: string[] = [];
  for (const entry of value) {
    const label = parseLabel(entry);
    if (label === malformed) return malformed;
    if (label !== undefined) labels.push(label);
  }
  return labels;
};

/** A string, or a list of strings as one text. */
export const parseText = (value: Json | undefined): Parsed<string> => {
  const labels = parseLabels(value);
  if (labels === undefined || labels === malformed) return labels;
  return labels.length === 0 ? undefined : labels.join(' ');
};

const isoDate = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/** Milliseconds since the epoch of an ISO 8601 text (UTC where it names no zone) or of a number that is them already. */
export const parseDate = (value: Json | undefined): Parsed<number> => {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'number') return Math.abs(value) <= MAX_DATE_MS ? value : malformed;
  if (typeof value !== 'string') return malformed;
  const parts = isoDate.exec(value);
  if (!parts) return malformed;
  const time = Date.parse(parts[1] && !parts[4] ? `${value.replace(' ', 'T')}Z` : value.replace(' ', 'T'));
  return Number.isFinite(time) ? time : malformed;
};

export const parseVector = (value: Json | undefined, width: number): Parsed<readonly number[]> => {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || value.length !== width) return malformed;
  return value.every(fits) ? value : malformed;
};
