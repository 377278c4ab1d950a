import type { Json } from '../../spi/index.ts';
import { defaultEncodings, type FieldEncoding } from './encoding.ts';
import { malformed, parseDate, parseNumber } from './values.ts';

const MAX_DISTINCT = 10_000;
const FEW_DISTINCT = 50;
const SHORT_TEXT = 32;

/** Counts what a field's values look like, to choose its encoding. */
export interface FieldSummary {
  add(value: Json): void;
  /** undefined = nothing that could be encoded was seen. */
  encoding(): FieldEncoding | undefined;
}

/**
 * The most frequent shape decides: numbers -> number; ISO dates -> date; short texts that repeat or are few -> category;
 * other texts -> tokens; lists -> categories; number lists of one length -> vector.
 */
export const createFieldSummary = (): FieldSummary => {
  let scalars = 0;
  let numbers = 0;
  let texts = 0;
  let numericTexts = 0;
  let dates = 0;
  let characters = 0;
  let lists = 0;
  let vectors = 0;
  let width = -1;
  let oneWidth = true;
  const distinct = new Set<string>();

  const addText = (text: string): void => {
    texts++;
    characters += text.length;
    if (parseNumber(text) !== malformed) numericTexts++;
    else if (parseDate(text) !== malformed) dates++;
    if (distinct.size <= MAX_DISTINCT) distinct.add(text);
  };
  const addList = (list: readonly Json[]): void => {
    if (list.length === 0) return;
    lists++;
    if (!list.every((entry) => typeof entry === 'number')) return;
    vectors++;
    if (width >= 0 && width !== list.length) oneWidth = false;
    width = list.length;
  };
  const ofText = (): FieldEncoding => {
    if (numericTexts === texts) return defaultEncodings.number;
    if (dates === texts) return defaultEncodings.date;
    const short = characters / texts <= SHORT_TEXT;
    const few = distinct.size <= FEW_DISTINCT || (distinct.size <= MAX_DISTINCT && distinct.size <= texts / 2);
    return short && few ? defaultEncodings.category : defaultEncodings.tokens;
  };

  return {
    add: (value) => {
      if (value === null || value === '') return;
      if (Array.isArray(value)) addList(value);
      else if (typeof value === 'number') numbers++;
      else if (typeof value === 'boolean') scalars++;
      else if (typeof value === 'string') addText(value);
    },
    encoding: () => {
      const most = Math.max(numbers, scalars, texts, lists);
      if (most === 0) return undefined;
      if (numbers === most) return defaultEncodings.number;
      if (texts === most) return ofText();
      if (scalars === most) return defaultEncodings.category;
      if (vectors === lists && oneWidth) return { kind: 'vector', width };
      return defaultEncodings.categories;
    },
  };
};
