import { componentListing } from 'recograph';
import type { Builder } from '../builder.ts';
import { checkFirst } from '../failures.ts';
import type { Operations } from '../types/operations.ts';

export const addOperationQueries = (builder: Builder, types: Operations) => {
  builder.queryFields((t) => ({
    bundles: t.field({
      type: [types.bundle],
      description: 'All bundles, newest first.',
      resolve: async (_, __, { recommender }) =>
        (await recommender.store.bundles()).map(({ id }) => ({ __typename: 'Bundle' as const, bundleId: id })),
    }),
    bundle: t.field({
      type: types.bundle,
      nullable: true,
      description: 'One bundle.',
      args: { id: t.arg.id({ required: true, description: 'Its bundleId.' }) },
      resolve: async (_, { id }, { recommender }) =>
        (await recommender.store.bundles()).some((bundle) => bundle.id === id)
          ? { __typename: 'Bundle' as const, bundleId: id }
          : null,
    }),
    pipelines: t.field({
      type: [types.pipeline],
      description: 'The funnels that serve: those of the config that the bundle was trained by.',
      resolve: async (_, __, { recommender }) =>
        Object.entries((await recommender.service.status()).pipelines).map(([name, { candidates, ranker }]) => ({
          name,
          candidates: candidates.map((source) =>
            'model' in source ? source.model : 'pipeline' in source ? source.pipeline : source.use,
          ),
          ranker: ranker ?? null,
        })),
    }),
    plugins: t.field({
      type: [types.component],
      description: 'Every component type that a config may use.',
      args: { kind: t.arg({ type: types.componentKind, description: 'Only of this kind.' }) },
      resolve: (_, { kind }, { recommender }) =>
        componentListing(recommender.components).filter((component) => !kind || component.kind.toUpperCase() === kind),
    }),
    jobs: t.field({
      type: [types.job],
      description: 'Jobs, newest first.',
      args: { first: t.arg.int({ required: true, defaultValue: 10, description: '1 to 100.' }) },
      resolve: async (_, { first }, { recommender }) => {
        checkFirst(first);
        return [...(await recommender.store.jobs(first))];
      },
    }),
    job: t.field({
      type: types.job,
      nullable: true,
      description: 'One job.',
      args: { id: t.arg.id({ required: true, description: "The job's id." }) },
      resolve: async (_, { id }, { recommender }) => (await recommender.store.job(id)) ?? null,
    }),
    health: t.field({
      type: types.health,
      description: 'Whether the server can recommend.',
      resolve: async (_, __, { recommender }) => {
        const activeBundle = (await recommender.store.activeBundle()) ?? null;
        return { ok: activeBundle !== null, activeBundle, ...(await recommender.store.counts()) };
      },
    }),
  }));
};
