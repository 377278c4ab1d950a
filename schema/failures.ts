import { RecographError } from 'recograph';
import type { Builder } from './builder.ts';

/** An expected failure: data, not an error. `__typename` picks the member of the result union. */
export interface Failure {
  readonly __typename: FailureName;
  readonly message: string;
  readonly argument: string;
  readonly suggestion: string | null;
  readonly current: string | null;
}
export type FailureName =
  | 'UnknownPipeline'
  | 'UnknownItem'
  | 'InvalidArgument'
  | 'CursorExpired'
  | 'NoActiveBundle'
  | 'Conflict';

const NAMES: Partial<Record<RecographError['code'], FailureName>> = {
  UNKNOWN_PIPELINE: 'UnknownPipeline',
  UNKNOWN_ITEM: 'UnknownItem',
  UNKNOWN_BUNDLE: 'InvalidArgument',
  INVALID_ARGUMENT: 'InvalidArgument',
  CURSOR_EXPIRED: 'CursorExpired',
  NO_ACTIVE_BUNDLE: 'NoActiveBundle',
  CONFLICT: 'Conflict',
};

/** Runs a resolver; a failure that the union knows becomes its member, any other stays an error. */
export const orFailure = async <T>(run: () => Promise<T>): Promise<T | Failure> => {
  try {
    return await run();
  } catch (error) {
    const name = error instanceof RecographError ? NAMES[error.code] : undefined;
    if (!name || !(error instanceof RecographError)) throw error;
    return failure(name, error.message, error.at);
  }
};

export const failure = (name: FailureName, message: string, at?: string): Failure => ({
  __typename: name,
  message,
  argument: at ?? 'input',
  suggestion: null,
  current: at ?? null,
});

export const invalid = (argument: string, message: string): Failure => failure('InvalidArgument', message, argument);

/** `first` outside 1..100 is an error, never a silent clamp. */
export const checkFirst = (first: number): void => {
  if (Number.isInteger(first) && first >= 1 && first <= 100) return;
  throw new RecographError('INVALID_ARGUMENT', `first is ${first}; it must be 1 to 100.`, { at: 'first' });
};

export const addFailures = (builder: Builder) => {
  const failureInterface = builder.interfaceRef<Failure>('Failure').implement({
    resolveType: (value) => value.__typename,
    description: 'Something that can be expected to go wrong, answered as data.',
    fields: (t) => ({ message: t.exposeString('message', { description: 'What went wrong and what to do.' }) }),
  });
  const define = (name: FailureName, description: string) =>
    builder.objectRef<Failure>(name).implement({
      description,
      interfaces: [failureInterface],
    });
  const unknownItem = builder.objectRef<Failure>('UnknownItem').implement({
    description: 'No item has that id.',
    interfaces: [failureInterface],
    fields: (t) => ({
      suggestion: t.exposeString('suggestion', { nullable: true, description: 'A known id that is close to it.' }),
    }),
  });
  const invalidArgument = builder.objectRef<Failure>('InvalidArgument').implement({
    description: 'An argument is outside its range or of the wrong form.',
    interfaces: [failureInterface],
    fields: (t) => ({ argument: t.exposeString('argument', { description: 'Which one.' }) }),
  });
  const conflict = builder.objectRef<Failure>('Conflict').implement({
    description: 'Somebody else was first: another bundle is active, or such a job runs already.',
    interfaces: [failureInterface],
    fields: (t) => ({
      current: t.exposeID('current', { nullable: true, description: 'The bundle or job that stands in the way.' }),
    }),
  });
  return {
    UnknownPipeline: define('UnknownPipeline', 'The config declares no pipeline of that name.'),
    UnknownItem: unknownItem,
    InvalidArgument: invalidArgument,
    CursorExpired: define('CursorExpired', 'The slate behind the cursor is no longer kept: ask again without it.'),
    NoActiveBundle: define('NoActiveBundle', 'Nothing has been trained and activated yet.'),
    Conflict: conflict,
  };
};
export type Failures = ReturnType<typeof addFailures>;
