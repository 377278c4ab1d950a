/** Every code Recograph can answer with, and what it means. One table for the CLI, GraphQL and plugin authors. */
export const ERROR_CODES = {
  CONFIG_INVALID: 'The config does not fit its schema; the message lists every problem with its path.',
  UNKNOWN_COMPONENT: 'No loaded plugin declares a component of that type name.',
  UNKNOWN_REFERENCE: 'A reference names a model, feature, ranker or pipeline the config does not declare.',
  CYCLE: 'Components refer to each other in a circle.',
  PLUGIN_INVALID: 'A plugin could not be loaded, or what it exports is not a plugin for this apiVersion.',
  DEPENDENCY_UNAVAILABLE: 'A component asks for a token that is not offered where it runs.',
  DATA_INVALID: 'A row, file or value of the data is malformed; the message names file, line and reason.',
  DATA_EMPTY: 'There is nothing to work on: no rows, users or items are left.',
  UNSUPPORTED_FORMAT: 'No reader knows that file format.',
  LEAK: 'The same event stands in the training and the test part.',
  PROTOCOL_MISMATCH: 'Figures of different evaluation protocols cannot be compared.',
  NOT_FINITE: 'Training or scoring produced NaN or Infinity where a number must be.',
  TOO_LARGE: 'The data exceeds what this component can hold; the message names the limit.',
  CANCELLED: 'The work was cancelled by its signal.',
  BUNDLE_INVALID: 'A bundle is truncated, damaged or of a version this release cannot read.',
  UNKNOWN_BUNDLE: 'No bundle has that id.',
  NO_ACTIVE_BUNDLE: 'Nothing has been trained and activated yet.',
  CONFLICT: 'Somebody else changed it first; compare-and-swap failed.',
  UNKNOWN_PIPELINE: 'The config declares no pipeline of that name.',
  UNKNOWN_ITEM: 'No item has that id.',
  UNKNOWN_USER: 'No user has that id.',
  INVALID_ARGUMENT: 'An argument is outside its range or of the wrong form.',
  CURSOR_EXPIRED: 'The slate behind the cursor is no longer kept.',
  STORE_FAILED: 'The database refused or failed the operation; nothing of it was kept.',
  STORE_VERSION: 'The database was written by a newer release.',
  DISK_FULL: 'No space is left where the data is written; what was there is untouched.',
  RUNTIME_UNAVAILABLE: 'The tensor runtime asked for cannot start here; the message says what it lacks.',
  DEADLINE_EXCEEDED: 'The answer was not ready within its deadline, or a job did not end within its time.',
  WORKER_FAILED: 'A worker died or was replaced while it held the request.',
  UNAUTHORIZED: 'The operation needs a key with a role that the request does not carry.',
  USAGE: 'The command line was used wrongly.',
  INTERNAL: 'A defect of Recograph or of a plugin.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/**
 * The one error class. The message says where, what was given and what to do;
 * `at` is the machine-readable place (a config path, `file:line`, an argument).
 */
export class RecographError extends Error {
  override readonly name = 'RecographError';
  readonly code: ErrorCode;
  readonly at: string | undefined;

  constructor(code: ErrorCode, message: string, options: { at?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.at = options.at;
  }
}
