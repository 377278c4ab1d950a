import { RecographError } from '../spi/index.ts';
import type { ServedBundle } from './active-bundles.ts';
import { MAX_SLATE, type RecommendRequest } from './request.ts';

export const pipelineNamed = ({ bundle }: ServedBundle, name: string | undefined): string => {
  const known = bundle.pipelines;
  const wanted = name ?? known[0];
  if (wanted !== undefined && known.includes(wanted)) return wanted;
  const message =
    wanted === undefined
      ? 'The config declares no pipeline. Add one under `pipelines` and train again.'
      : `There is no pipeline "${wanted}". Known: ${known.join(', ')}.`;
  throw new RecographError('UNKNOWN_PIPELINE', message, { at: 'pipeline' });
};

export const checkCount = (n: number): void => {
  if (Number.isInteger(n) && n >= 1 && n <= MAX_SLATE) return;
  throw new RecographError('INVALID_ARGUMENT', `n is ${n}; it must be 1 to ${MAX_SLATE}.`, { at: 'n' });
};

export const checkRequest = ({ n, diversity, deadlineMs }: RecommendRequest): void => {
  checkCount(n);
  if (diversity !== undefined && !(diversity >= 0 && diversity <= 1)) {
    throw new RecographError('INVALID_ARGUMENT', `diversity is ${diversity}; it must be 0 to 1.`, { at: 'diversity' });
  }
  if (deadlineMs !== undefined && !(deadlineMs > 0)) {
    const message = `deadlineMs is ${deadlineMs}; it must be a positive number of milliseconds.`;
    throw new RecographError('INVALID_ARGUMENT', message, { at: 'deadlineMs' });
  }
};
