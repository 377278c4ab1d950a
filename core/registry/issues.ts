import { z } from 'zod';
import { type Inspection, inspect } from './inspect.ts';
import { alternatives, didYouMean, formatPath, type Path, type Problem, show } from './problems.ts';

type Issue = z.core.$ZodIssue;
type Known = ReadonlyMap<string, readonly string[]>;

const valueAt = (root: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], root);

/** `factors is not known. Did you mean "factor"?` */
const unknownKey = (path: Path, key: string, known: readonly string[]): Problem => {
  const suggestion = didYouMean(key, known);
  const list = known.length === 0 ? ' No key is known here.' : ` Known: ${known.join(', ')}.`;
  const hint = suggestion === '' ? list : suggestion;
  return {
    path: [...path, key],
    code: 'CONFIG_INVALID',
    message: `${formatPath([...path, key])} is not known.${hint}`,
  };
};

const ENGLISH: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
};

const uncapitalised = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** Which reading of a union was meant: the one that complains least, then the one with a near key. */
const closest = (readings: readonly (readonly Problem[])[]): readonly Problem[] | undefined => {
  const rank = (problems: readonly Problem[]) =>
    problems.length - (problems.some((problem) => problem.message.includes('Did you mean')) ? 0.5 : 0);
  return readings.toSorted((a, b) => rank(a) - rank(b))[0];
};

const explain = (issue: Issue, base: Path, root: unknown, known: Known): readonly Problem[] => {
  const path = [...base, ...(issue.path as (string | number)[])];
  const given = valueAt(root, issue.path);
  const problem = (rest: string): Problem[] => [
    { path, code: 'CONFIG_INVALID', message: `${formatPath(path)} is ${show(given)}${rest}` },
  ];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(path, key, known.get(JSON.stringify(path)) ?? []));
  }
  if (issue.code === 'invalid_type') {
    const expected = ENGLISH[issue.expected] ?? `of type ${issue.expected}`;
    return problem(`; it must be ${expected}.`);
  }
  if (issue.code === 'invalid_value') return problem(`.${alternatives(String(given), issue.values.map(String))}`);
  if (issue.code === 'invalid_union') {
    if (issue.discriminator !== undefined) {
      const options = (issue as { options?: readonly unknown[] }).options?.map(String) ?? [];
      return problem(options.length === 0 ? '; no option fits.' : `.${alternatives(String(given), options)}`);
    }
    const readings = issue.errors.map((errors) =>
      errors.flatMap((nested) => explain({ ...nested, path: [...issue.path, ...nested.path] }, base, root, known)),
    );
    return closest(readings) ?? problem('; no option fits.');
  }
  return problem(`: ${uncapitalised(issue.message).replace(/\.?$/, '.')}`);
};

/**
 * Parses `value` by `schema`. Unknown keys are problems even where the schema would drop them.
 * `output` is undefined when zod could not parse.
 */
export const parseWith = (
  schema: z.core.$ZodType,
  value: unknown,
  path: Path,
): { output: unknown; problems: readonly Problem[]; refs: Inspection['refs'] } => {
  const found = inspect(schema, value, path);
  const result = z.safeParse(schema, value);
  const problems = [
    ...(result.success ? [] : result.error.issues.flatMap((issue) => explain(issue, path, value, found.known))),
    ...found.dropped.map(({ path: at, key }) => unknownKey(at, key, found.known.get(JSON.stringify(at)) ?? [])),
  ];
  return { output: result.success ? result.data : undefined, problems, refs: found.refs };
};
