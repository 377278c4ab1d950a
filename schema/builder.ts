import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import { DateTimeResolver, JSONResolver } from 'graphql-scalars';
import type { Json } from 'recograph';
import type { Context, Role } from './context.ts';
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

/** A Pothos builder with the scalars of the API. One a schema: extensions add to it before it is built. */
export const createBuilder = () => {
  const builder = new SchemaBuilder<SchemaTypes>({
    plugins: [ComplexityPlugin],
    defaultFieldNullability: false,
    complexity: { defaultComplexity: 1, defaultListMultiplier: 10 },
  });
  builder.addScalarType('DateTime', DateTimeResolver);
  builder.addScalarType('JSON', JSONResolver);
  builder.addScalarType('Duration', DurationScalar);
  builder.queryType({ description: 'Everything that can be asked. Needs the role read.' });
  builder.mutationType({
    description: 'Everything that can be changed. Events and catalogue need write, the rest admin.',
  });
  builder.subscriptionType({ description: 'Live progress, over server-sent events.' });
  return builder;
};

export type Builder = ReturnType<typeof createBuilder>;
export type { Role };
