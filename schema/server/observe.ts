import { type ExecutionArgs, type ExecutionResult, type GraphQLError, getOperationAST, Kind } from 'graphql';
import { isAsyncIterable, mapAsyncIterator, type Plugin } from 'graphql-yoga';
import type { Log } from 'recograph';
import type { Context } from '../context.ts';
import { maskError } from './errors.ts';

/**
 * Names a call by its first root field, and masks the errors of its answers with its id: by the context that execution
 * carries, so that the events of a subscription keep theirs too.
 */
export const useObservation = (log: Log): Plugin => {
  const masked = (args: ExecutionArgs, result: ExecutionResult): ExecutionResult => {
    const { call } = args.contextValue as Context;
    const mask = (error: GraphQLError): GraphQLError => {
      const shown = maskError(error, call.id, (cause) =>
        log.error(
          { requestId: call.id, error: cause instanceof Error ? cause.stack : String(cause) },
          'request failed',
        ),
      );
      call.errors.push(String(shown.extensions.code ?? 'BAD_REQUEST'));
      return shown;
    };
    return result.errors ? { ...result, errors: result.errors.map(mask) } : result;
  };
  const done = (args: ExecutionArgs) => (payload: { result: unknown; setResult: (result: never) => void }) => {
    const result = payload.result as ExecutionResult | AsyncIterable<ExecutionResult>;
    const next = isAsyncIterable(result)
      ? mapAsyncIterator(result, (event) => masked(args, event))
      : masked(args, result);
    payload.setResult(next as never);
  };
  return {
    onExecute: ({ args }) => {
      nameCall(args);
      return { onExecuteDone: done(args) };
    },
    onSubscribe: ({ args }) => {
      nameCall(args);
      return { onSubscribeResult: done(args) };
    },
  };
};

const nameCall = ({ document, operationName, contextValue, schema }: ExecutionArgs): void => {
  const operation = getOperationAST(document, operationName);
  const first = operation?.selectionSet.selections.find((selection) => selection.kind === Kind.FIELD)?.name.value;
  const root = operation && schema.getRootType(operation.operation);
  const { call } = contextValue as Context;
  if (first?.startsWith('__')) call.operation = 'introspection';
  else call.operation = first !== undefined && root?.getFields()[first] ? first : 'other';
};
