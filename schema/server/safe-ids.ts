import {
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  GraphQLID,
  type GraphQLInputType,
  getOperationAST,
  isInputObjectType,
  isListType,
  isNonNullType,
  typeFromAST,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';

/**
 * Refuses ids in variables that are numbers beyond 2^53: their last digits were lost when the JSON was read, and they
 * would name somebody else. However the request came; a number in the document itself keeps its digits and is taken.
 */
export const useSafeIds = (): Plugin => ({ onExecute: refuseLostIds, onSubscribe: refuseLostIds });

const refuseLostIds = ({ args, setResultAndStopExecution: stop }: Begun): void => {
  const lost = lostId(args as ExecutionArgs);
  if (lost !== undefined) stop({ errors: [refusal(lost)] });
};

/** What of an operation that is about to begin is looked at, whatever its kind. */
interface Begun {
  readonly args: unknown;
  setResultAndStopExecution(result: ExecutionResult): void;
}

interface Lost {
  readonly at: string;
  readonly value: number;
}

const refusal = ({ at, value }: Lost): GraphQLError =>
  new GraphQLError(
    `${at} is ${value}: ids beyond 2^53 lose their last digits as numbers. Send ids as strings, in quotation marks.`,
    { extensions: { code: 'INVALID_ARGUMENT', at } },
  );

const lostId = ({ schema, document, operationName, variableValues }: ExecutionArgs): Lost | undefined => {
  for (const { variable, type } of getOperationAST(document, operationName)?.variableDefinitions ?? []) {
    const name = variable.name.value;
    const declared = typeFromAST(schema, type as never) as GraphQLInputType | undefined;
    const lost = declared && lostIn(declared, variableValues?.[name], name);
    if (lost) return lost;
  }
  return undefined;
};

const lostIn = (type: GraphQLInputType, value: unknown, at: string): Lost | undefined => {
  if (isNonNullType(type)) return lostIn(type.ofType, value, at);
  if (type === GraphQLID) {
    return typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
      ? { at, value }
      : undefined;
  }
  if (typeof value !== 'object' || value === null) {
    return isListType(type) ? lostIn(type.ofType, value, at) : undefined;
  }
  if (isListType(type)) {
    for (const [k, entry] of Array.isArray(value) ? value.entries() : []) {
      const lost = lostIn(type.ofType, entry, `${at}[${k}]`);
      if (lost) return lost;
    }
    return undefined;
  }
  if (!isInputObjectType(type)) return undefined;
  for (const [name, field] of Object.entries(type.getFields())) {
    const lost = lostIn(field.type, (value as Readonly<Record<string, unknown>>)[name], `${at}.${name}`);
    if (lost) return lost;
  }
  return undefined;
};
