import type { StageFailure } from '../pipeline/index.ts';
import { RecographError } from '../spi/index.ts';
import type { BundleFront, FrontView } from './front.ts';
import type { RecommendRequest } from './request.ts';

/** Throws INVALID_ARGUMENT for an argument that this pipeline cannot obey. */
export const refuseWithoutEffect = (
  { diversity }: RecommendRequest,
  { diversifies }: BundleFront,
  pipeline: string,
): void => {
  if (diversity === undefined || diversifies[pipeline]) return;
  const message = `diversity is ${diversity}, but no stage of pipelines.${pipeline} obeys it. Leave it out, or add rerank: [{ use: 'mmr' }] to the pipeline.`;
  throw new RecographError('INVALID_ARGUMENT', message, { at: 'diversity' });
};

/** What of a request nobody knows, said in the answer: attributes that no item has, context that no event recorded. */
export const remarksOn = (
  { filter, context }: RecommendRequest,
  { encoders }: BundleFront,
  view: FrontView,
): StageFailure[] => {
  const remarks: StageFailure[] = [];
  for (const name of filter ? view.matching.lacking(filter) : []) {
    const message = `No item has the attribute "${name}". Known: ${list(view.matching.attributes())}.`;
    remarks.push({ stage: 'filter', code: 'UNKNOWN_ATTRIBUTE', message });
  }
  const known = encoders.contextFields();
  for (const name of Object.keys(context ?? {})) {
    if (known.includes(name)) continue;
    const message = `The bundle knows no context "${name}", so it had no effect. Known: ${list(known)}.`;
    remarks.push({ stage: 'context', code: 'UNKNOWN_CONTEXT', message });
  }
  return remarks;
};

/** Why a list is empty where nothing failed. */
export const emptiness = (pipeline: string, { config }: BundleFront): StageFailure => {
  const { fallback } = config.pipelines[pipeline]!;
  const why =
    fallback.length === 0
      ? "it has no `fallback`; add one, such as fallback: ['trending'] with a popularity model"
      : 'nothing of its fallback is left either: all is filtered, excluded or seen';
  return {
    stage: `pipelines.${pipeline}`,
    code: 'NO_CANDIDATES',
    message: `No source of pipelines.${pipeline} has anything for this request, and ${why}.`,
  };
};

const SHOWN = 20;
const list = (names: readonly string[]): string =>
  names.length === 0 ? 'none' : `${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? ', ...' : ''}`;
