import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import '@pothos/plugin-complexity';
import { JSONResolver } from 'graphql-scalars';
import { type Json, RecographError } from 'recograph';
import type { Context } from './context.ts';
import { DateTimeScalar } from './date-time.ts';
import { DurationScalar } from './duration.ts';

export interface SchemaTypes {
  Context: Context;
  DefaultFieldNullability: false;
  DefaultInputFieldRequiredness: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: Json; Output: Json };
    Duration: { Input: number; Output: number };
  };
}

/**
 * Fields times the sizes of the pages that they stand in, and 200 a condition of a filter. A page of 100 items with
 * titles costs 400.
 */
const MAX_COMPLEXITY = 5000;

/** The complexity of `edges`: their number is counted by the field that takes `first`. */
export const ONCE = { field: 1, multiplier: 1 } as const;

/** A Pothos builder with the scalars of the API. One a schema: extensions add to it before it is built. */
export const createBuilder = (): Builder => {
  const builder = new SchemaBuilder<SchemaTypes>({
    plugins: [ComplexityPlugin],
    defaultFieldNullability: false,
    complexity: {
      defaultComplexity: 1,
      defaultListMultiplier: 10,
      limit: { complexity: MAX_COMPLEXITY },
      complexityError: (_kind, { complexity }) => {
        const message = `The query's cost is ${complexity}; at most ${MAX_COMPLEXITY}. Ask for smaller pages, fewer fields or fewer conditions in filters.`;
        return new RecographError('INVALID_ARGUMENT', message, { at: 'query' });
      },
    },
  });
  builder.addScalarType('DateTime', DateTimeScalar);
  builder.addScalarType('JSON', JSONResolver);
  builder.addScalarType('Duration', DurationScalar);
  builder.queryType({ description: 'Everything that can be asked. Needs the role read.' });
  builder.mutationType({
    description: 'Everything that can be changed. Events and catalogue need write, the rest admin.',
  });
  builder.subscriptionType({ description: 'Live progress, over server-sent events.' });
  return builder;
};

/** Its types name Pothos and its plugins by import, so that an extension in another package sees them. */
export type Builder = InstanceType<typeof SchemaBuilder<SchemaTypes>>;
