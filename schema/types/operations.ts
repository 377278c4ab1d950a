import type { BundleRecord, JobEvent, JobRecord, Json, ListedComponent } from 'recograph';
import type { Builder } from '../builder.ts';
import { clientMessage } from '../server/errors.ts';
import { type BundleNode, type Catalogue, idOf } from './catalogue.ts';

const KINDS = ['model', 'feature', 'ranker', 'source', 'stage', 'metric', 'splitter', 'store', 'graphql'] as const;

/** What a job was asked, and its result, without the process that ran it. */
const withoutProcess = (detail: Json): Json => {
  if (typeof detail !== 'object' || detail === null || Array.isArray(detail)) return detail;
  const { pid: _, owner: __, ...rest } = detail as Record<string, Json>;
  return rest;
};

export const addOperations = (builder: Builder, { node }: Catalogue) => {
  const stored = async (of: BundleNode, all: () => Promise<readonly BundleRecord[]>) =>
    (await all()).find(({ id }) => id === of.bundleId);

  const bundle = builder.objectRef<BundleNode>('Bundle').implement({
    description: 'Everything that one training run produced.',
    interfaces: [node],
    fields: (t) => ({
      bundleId: t.exposeID('bundleId', { description: 'The id that `bundle:` and `activateBundle` take.' }),
      active: t.boolean({
        description: 'Requests that name no bundle are answered by it.',
        resolve: async (of, _, { recommender }) => (await recommender.store.activeBundle()) === of.bundleId,
      }),
      createdAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When its training ended.',
        resolve: async (of, _, { recommender }) => {
          const record = await stored(of, () => recommender.store.bundles());
          return record ? new Date(record.createdAt) : null;
        },
      }),
      configHash: t.string({
        nullable: true,
        description: 'SHA-256 of the config it was trained by.',
        resolve: async (of, _, { recommender }) =>
          (await stored(of, () => recommender.store.bundles()))?.configHash ?? null,
      }),
      metrics: t.field({
        type: 'JSON',
        nullable: true,
        description: 'By target, of the pipelines as they were before the last refit, on held-out events.',
        resolve: async (of, _, { recommender }) =>
          (await stored(of, () => recommender.store.bundles()))?.metrics ?? null,
      }),
    }),
  });

  const pipeline = builder
    .objectRef<{ name: string; candidates: string[]; ranker: string | null }>('Pipeline')
    .implement({
      description: 'A funnel that the config declares.',
      fields: (t) => ({
        name: t.exposeString('name', { description: 'As in the config.' }),
        candidates: t.exposeStringList('candidates', { description: 'Its candidate sources, in order.' }),
        ranker: t.exposeString('ranker', { nullable: true, description: 'What orders its candidates.' }),
      }),
    });

  const componentKind = builder.enumType('ComponentKind', {
    description: 'What a plugin can declare.',
    values: KINDS.map((kind) => kind.toUpperCase()) as readonly Uppercase<(typeof KINDS)[number]>[],
  });
  const component = builder.objectRef<ListedComponent>('Component').implement({
    description: 'A component type that a config may use.',
    fields: (t) => ({
      kind: t.field({
        type: componentKind,
        description: 'What it can be used as.',
        resolve: ({ kind }) => kind.toUpperCase() as Uppercase<typeof kind>,
      }),
      type: t.exposeString('type', { description: "The name that a config's `use` takes." }),
      plugin: t.exposeString('plugin', { description: 'The plugin that declares it.' }),
      config: t.field({ type: 'JSON', description: 'JSON Schema of its config.', resolve: ({ config }) => config }),
    }),
  });

  const jobStatus = builder.enumType('JobStatus', {
    description: 'Where a job stands.',
    values: ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED'] as const,
  });
  const jobKind = builder.enumType('JobKind', {
    description: 'What a job does.',
    values: ['TRAIN', 'EVALUATE', 'IMPORT'] as const,
  });
  const jobError = builder.objectRef<{ code: string; message: string }>('JobError').implement({
    description: 'Why a job failed.',
    fields: (t) => ({
      code: t.exposeString('code', { description: 'A name for programs.' }),
      message: t.string({
        description: 'What went wrong and what to do; the whole of it for a key with the role admin.',
        resolve: ({ code, message }, _, { call }) => clientMessage(code, message, call.role),
      }),
    }),
  });
  const date = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
  const job = builder.objectRef<JobRecord>('Job').implement({
    description: 'Training, evaluation or import, in a process of its own.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'The id that `job`, `cancelJob` and `jobProgress` take.' }),
      kind: t.field({
        type: jobKind,
        description: 'What it does.',
        resolve: ({ kind }) => kind.toUpperCase() as 'TRAIN',
      }),
      status: t.field({ type: jobStatus, description: 'Where it stands.', resolve: ({ status }) => status }),
      createdAt: t.field({
        type: 'DateTime',
        description: 'When it was asked for.',
        resolve: ({ createdAt }) => new Date(createdAt),
      }),
      startedAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When its process began.',
        resolve: ({ startedAt }) => date(startedAt),
      }),
      endedAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When it ended; null while it runs.',
        resolve: ({ endedAt }) => date(endedAt),
      }),
      detail: t.field({
        type: 'JSON',
        nullable: true,
        description: 'What was asked, and the result.',
        resolve: ({ detail }, _, { call }) => (call.role === 'admin' ? detail : withoutProcess(detail)),
      }),
      error: t.field({
        type: jobError,
        nullable: true,
        description: 'Of a job that failed.',
        resolve: ({ error }) => error,
      }),
    }),
  });
  const jobEvent = builder.objectRef<JobEvent>('JobEvent').implement({
    description: "One step of a job's life.",
    fields: (t) => ({
      seq: t.exposeInt('seq', { description: 'Pass the last one as `afterSeq` to go on after a lost connection.' }),
      job: t.field({ type: job, description: 'The job as it was then.', resolve: (of) => of.job }),
      stage: t.string({
        nullable: true,
        description: 'The component or phase.',
        resolve: ({ progress }) => progress?.stage ?? null,
      }),
      done: t.int({
        nullable: true,
        description: 'Epochs, rows or cases so far.',
        resolve: ({ progress }) => progress?.done ?? null,
      }),
      total: t.int({ nullable: true, description: 'Of how many.', resolve: ({ progress }) => progress?.total ?? null }),
      loss: t.float({
        nullable: true,
        description: 'The training loss of the epoch.',
        resolve: ({ progress }) => progress?.loss ?? null,
      }),
    }),
  });

  const health = builder
    .objectRef<{ ok: boolean; activeBundle: string | null; events: number; items: number; users: number }>('Health')
    .implement({
      description: 'Whether the server can recommend, and what it stands on.',
      fields: (t) => ({
        ok: t.exposeBoolean('ok', { description: 'The data is open and a bundle is active.' }),
        activeBundle: t.exposeID('activeBundle', { nullable: true, description: 'Its bundleId.' }),
        events: t.exposeInt('events', { description: 'Stored events.' }),
        items: t.exposeInt('items', { description: 'Known items.' }),
        users: t.exposeInt('users', { description: 'Known users.' }),
      }),
    });
  return { bundle, pipeline, component, componentKind, job, jobEvent, health };
};
export type Operations = ReturnType<typeof addOperations>;
export { idOf };
