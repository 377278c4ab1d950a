import { didYouMean } from '../data/did-you-mean.ts';
import { type ErrorCode, RecographError } from '../spi/index.ts';

export type Path = readonly (string | number)[];

/** One thing wrong with a config. `message` is a whole sentence that begins with the path. */
export interface Problem {
  readonly path: Path;
  readonly code: Extract<ErrorCode, 'CONFIG_INVALID' | 'UNKNOWN_COMPONENT' | 'UNKNOWN_REFERENCE' | 'CYCLE'>;
  readonly message: string;
}

/** `['pipelines', 'home', 'candidates', 0, 'model']` -> `pipelines.home.candidates[0].model`; '' is `the config`. */
export const formatPath = (path: Path): string =>
  path.length === 0
    ? 'the config'
    : path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('');

const MAX_SHOWN = 60;

/** A value as an error message shows it: JSON, cut short. */
export const show = (value: unknown): string => {
  if (value === undefined) return 'missing';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'number') return String(value);
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    text = undefined;
  }
  if (text === undefined) return `a ${typeof value}`;
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text;
};

const MAX_KNOWN = 40;

/** ` Did you mean "als"? Known: als, popularity.` */
export const alternatives = (given: string, known: readonly string[]): string => {
  if (known.length === 0) return ' None is declared.';
  const more = known.length > MAX_KNOWN ? ` and ${known.length - MAX_KNOWN} more` : '';
  return `${didYouMean(given, known)} Known: ${known.slice(0, MAX_KNOWN).join(', ')}${more}.`;
};

/** Throws one error that lists every problem once; the only problem keeps its own code. */
export const throwProblems = (all: readonly Problem[]): void => {
  const problems = [...new Map(all.map((problem) => [problem.message, problem])).values()];
  const [first, ...others] = problems;
  if (first === undefined) return;
  const at = formatPath(first.path);
  if (others.length === 0) throw new RecographError(first.code, first.message, { at });
  const lines = problems.map((problem) => `- ${problem.message}`).join('\n');
  throw new RecographError('CONFIG_INVALID', `The config has ${problems.length} problems:\n${lines}`, { at });
};

export { didYouMean };
