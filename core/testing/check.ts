/** One check of a component, for any test runner: `it(check.name, () => check.run())`. */
export interface Check {
  readonly name: string;
  /** Rejects with an Error that says what was expected, what was seen, and what to do. */
  run(): Promise<void>;
}

export interface Failure {
  readonly expected: string;
  readonly seen: string;
  readonly fix: string;
}

export const failure = ({ expected, seen, fix }: Failure): Error =>
  new Error(`Expected ${expected}.\nSaw ${seen}.\nTo mend it: ${fix}`);

/** Throws the failure unless `holds`. */
export function expectThat(holds: boolean, what: () => Failure): asserts holds {
  if (!holds) throw failure(what());
}

export const describeError = (error: unknown): string => {
  if (!(error instanceof Error)) return `a thrown ${typeof error}: ${String(error)}`;
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  return `${error.name}${code}: ${error.message}`;
};

/** Runs something of the component's that must not throw; `doing` says what, and in which situation. */
export const without = async <T>(doing: string, run: () => Promise<T> | T): Promise<T> => {
  try {
    return await run();
  } catch (error) {
    throw failure({
      expected: `${doing} to give an answer`,
      seen: describeError(error),
      fix: 'what cannot be answered is NaN, an empty list or a row of NaN; only fit and create may throw, a RecographError.',
    });
  }
};

/** Fails unless `array` is of this very type: another one is read as other numbers, or not at all, by who gets it. */
export const expectArray = (array: unknown, type: { readonly name: string }, what: string): void =>
  expectThat(typeNameOf(array) === type.name, () => ({
    expected: `${what} to be a ${type.name}`,
    seen: `a ${typeNameOf(array)}`,
    fix: `give new ${type.name}(...), or ${type.name}.from(...).`,
  }));

/** The name of a value's type: `Float32Array`, `Map`, `Undefined`. */
export const typeNameOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);
