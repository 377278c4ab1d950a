import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Api, startApi } from '../support/api.ts';
import { filmsConfig } from '../support/films.ts';

let api: Api;
beforeAll(async () => {
  const taste = { use: 'als', config: { factors: 8, epochs: 40 } };
  api = await startApi({ config: { models: { ...filmsConfig.models, taste } } });
});
afterAll(() => api.close());

const JOB =
  '__typename ... on JobPayload { job { id kind status endedAt error { code } detail } } ... on Conflict { current message } ... on Failure { message }';
const PROGRESS =
  'subscription ($id: ID!, $afterSeq: Int) { jobProgress(id: $id, afterSeq: $afterSeq) { seq stage done total loss job { id status } } }';
const BUNDLE =
  '__typename ... on BundlePayload { bundle { bundleId active } } ... on Conflict { current message } ... on InvalidArgument { argument }';
const train = async () => (await api.ask(`mutation { train { ${JOB} } }`)).data.train;
const jobOf = async (id: string) =>
  (
    await api.ask('query ($id: ID!) { job(id: $id) { status startedAt endedAt error { code message } detail } }', {
      id,
    })
  ).data.job;
const activate = async (id: string, expectedCurrent?: string) =>
  (
    await api.ask(
      `mutation ($id: ID!, $expectedCurrent: ID) { activateBundle(id: $id, expectedCurrent: $expectedCurrent) { ${BUNDLE} } }`,
      { id, expectedCurrent },
    )
  ).data.activateBundle;

interface Step {
  seq: number;
  stage: string | null;
  job: { status: string };
}
const progress = async (id: string, afterSeq?: number, stopAfter = Number.POSITIVE_INFINITY): Promise<Step[]> => {
  const steps: Step[] = [];
  for await (const { data, errors } of api.listen(PROGRESS, { id, afterSeq })) {
    expect(errors).toBeUndefined();
    steps.push((data as unknown as { jobProgress: Step }).jobProgress);
    if (steps.length >= stopAfter) break;
  }
  return steps;
};

it('trains as a job whose progress can be watched, lost and taken up again', async () => {
  const { __typename, job } = await train();
  expect({ __typename, job }).toMatchObject({ __typename: 'JobPayload', job: { kind: 'TRAIN', status: 'RUNNING' } });
  const [whole, lost] = await Promise.all([
    progress(job.id),
    progress(job.id, undefined, 2).then(async (first) => [...first, ...(await progress(job.id, first.at(-1)!.seq))]),
  ]);
  for (const steps of [whole, lost]) {
    const numbers = steps.map(({ seq }) => seq);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    expect(steps[0]!.job.status).toBe('RUNNING');
    expect(steps.at(-1)!.job.status).toBe('SUCCEEDED');
    expect(steps.some(({ stage }) => stage !== null)).toBe(true);
  }
  expect(await jobOf(job.id)).toMatchObject({ status: 'SUCCEEDED', error: null });
  const { data } = await api.ask('{ bundles { bundleId active createdAt configHash metrics } jobs(first: 1) { id } }');
  expect(data.jobs).toEqual([{ id: job.id }]);
  expect(data.bundles.map(({ active }: { active: boolean }) => active)).toEqual([true, false]);
  expect((await progress(job.id)).map((step) => step.job.status)).toEqual(['SUCCEEDED']);
});

it('runs one job of a kind at a time, and cancels it', async () => {
  const { job } = await train();
  expect(await train()).toMatchObject({ __typename: 'Conflict', current: job.id });
  const cancelled = await api.ask(`mutation ($id: ID!) { cancelJob(id: $id) { ${JOB} } }`, { id: job.id });
  expect(cancelled.data.cancelJob.job).toMatchObject({ id: job.id, status: 'CANCELLED', error: { code: 'CANCELLED' } });
  expect(await jobOf(job.id)).toMatchObject({ status: 'CANCELLED' });
});

it('answers wrong job requests as data, or as an error of the subscription', async () => {
  const ask = async (call: string) => Object.values((await api.ask(`mutation { ${call} { ${JOB} } }`)).data)[0];
  expect(await ask('train(pipeline: "none")')).toMatchObject({ __typename: 'UnknownPipeline' });
  expect(await ask('cancelJob(id: "none")')).toMatchObject({ __typename: 'InvalidArgument' });
  expect(await jobOf('none')).toBeNull();
  for await (const { errors } of api.listen(PROGRESS, { id: 'none' })) {
    expect(errors![0]!.extensions).toMatchObject({ code: 'INVALID_ARGUMENT', at: 'id' });
  }
});

it('activates by compare-and-swap and rolls back', async () => {
  const { bundles } = (await api.ask('{ bundles { bundleId active } }')).data as {
    bundles: { bundleId: string; active: boolean }[];
  };
  const active = bundles.find((bundle) => bundle.active)!.bundleId;
  const other = bundles.find((bundle) => !bundle.active)!.bundleId;
  expect(await activate(other, other)).toMatchObject({ __typename: 'Conflict', current: active });
  expect(await activate(other, active)).toEqual({
    __typename: 'BundlePayload',
    bundle: { bundleId: other, active: true },
  });
  const asked = await api.ask(
    '{ recommend(input: { target: { user: "u1" } }) { ... on RecommendationConnection { bundle { bundleId } } } }',
  );
  expect(asked.data.recommend.bundle.bundleId).toBe(other);
  expect(await activate('none')).toMatchObject({ __typename: 'InvalidArgument' });
  const rollback = async () => (await api.ask(`mutation { rollbackBundle { ${BUNDLE} } }`)).data.rollbackBundle;
  expect(await rollback()).toMatchObject({ bundle: { bundleId: active, active: true } });
});
