import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import type { Components, RecommendService } from 'recograph';
import { createBuilder } from './builder.ts';
import { apiTypes, type ExtendSchema } from './extension.ts';
import { addFailures } from './failures.ts';
import { addInputs } from './inputs.ts';
import { addCatalogueMutations } from './mutations/catalogue.ts';
import { addEvents } from './mutations/events.ts';
import { addOperationMutations } from './mutations/operations.ts';
import { addCatalogueQueries } from './queries/catalogue.ts';
import { addLists } from './queries/lists.ts';
import { addOperationQueries } from './queries/operations.ts';
import { addRecommend } from './queries/recommend.ts';
import { guardRoles } from './roles.ts';
import { addJobProgress } from './subscriptions/jobs.ts';
import { addCatalogue } from './types/catalogue.ts';
import { addOperations } from './types/operations.ts';
import { addRecommendation } from './types/recommendation.ts';

/** The API's schema, with what the loaded GraphQL extensions add. */
export const buildSchema = (components: Components, service?: RecommendService): GraphQLSchema => {
  const builder = createBuilder();
  const failures = addFailures(builder);
  const inputs = addInputs(builder);
  const catalogue = addCatalogue(builder);
  const operations = addOperations(builder, catalogue);
  const recommendation = addRecommendation(builder, catalogue, operations, failures);
  addRecommend(builder, inputs, recommendation, catalogue);
  addLists(builder, inputs, recommendation, catalogue);
  addCatalogueQueries(builder, inputs, catalogue);
  addOperationQueries(builder, operations);
  addEvents(builder, failures);
  addCatalogueMutations(builder, failures);
  addOperationMutations(builder, operations, failures);
  addJobProgress(builder, operations);
  for (const component of components.all) {
    if (component.kind !== 'graphql') continue;
    const { extend } = component.create({} as never, {} as never) as { extend: ExtendSchema };
    extend(builder, service, apiTypes(catalogue, recommendation));
  }
  return guardRoles(builder.toSchema({ sortSchema: false }));
};

/** The SDL, in alphabetical order. */
export const printSdl = (components: Components): string =>
  printSchema(lexicographicSortSchema(buildSchema(components)));
