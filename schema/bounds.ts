import { idProblem, type Json, RecographError } from 'recograph';

/** How much one argument may hold. Beyond it a request is refused before anything is done for it. */
export const BOUNDS = {
  /** `filter.categories`, `AttributeFilter.in`. */
  options: 100,
  /** `filter.attributes`. */
  conditions: 20,
  excludeItems: 1000,
  sessionEvents: 500,
  /** Characters of the JSON of `context`, and of one value of a filter. */
  contextCharacters: 20_000,
  valueCharacters: 1000,
  /** Milliseconds of `deadlineMs`. */
  deadlineMs: 30_000,
} as const;

const refused = (argument: string, message: string): RecographError =>
  new RecographError('INVALID_ARGUMENT', `${argument} ${message}`, { at: argument });

/** Throws INVALID_ARGUMENT for a list that is too long. */
export const checkLength = (list: readonly unknown[] | null | undefined, most: number, argument: string): void => {
  if (list && list.length > most) throw refused(argument, `has ${list.length} entries; at most ${most} are taken.`);
};

/** Throws INVALID_ARGUMENT for what can be no id: empty, longer than 1024 bytes, malformed. */
export const checkId = (id: string, argument: string): void => {
  const problem = idProblem(id, argument);
  if (problem !== undefined) throw new RecographError('INVALID_ARGUMENT', `${problem}.`, { at: argument });
};

/** Throws INVALID_ARGUMENT for a text that is too long. */
export const checkText = (text: string, most: number, argument: string): void => {
  if (text.length > most) throw refused(argument, `has ${text.length} characters; at most ${most} are taken.`);
};

/** Throws INVALID_ARGUMENT for JSON that is too long. */
export const checkJson = (value: Json | null | undefined, most: number, argument: string): void => {
  if (value !== null && value !== undefined) checkText(JSON.stringify(value), most, argument);
};
