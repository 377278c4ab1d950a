import type { Ragged, Rng } from '../../spi/index.ts';
import { type Cases, itemsOf, ragged, rowOf } from '../cases.ts';
import type { Parts } from '../parts.ts';
import type { Candidates } from '../protocol.ts';
import { createNegativeSampler } from './sampled.ts';

export { type GivenCandidates, readCandidates } from './given.ts';

/**
 * Each case's candidates, ascending: its relevant items and its negatives, masked items left out; undefined = all
 * items. A user's sample depends on the seed and the user alone.
 */
export const candidatesOf = (candidates: Candidates, parts: Parts, cases: Cases, rng: Rng): Ragged | undefined => {
  if (candidates.use === 'all') return undefined;
  const marks = new Uint8Array(parts.train.items.size);
  const rows = ragged();
  const sampler = candidates.use === 'sampled' ? createNegativeSampler(parts.train, candidates.by) : undefined;
  for (let c = 0; c < cases.users.length; c++) {
    const user = cases.users[c]!;
    const relevant = rowOf(cases.relevant, c);
    const closed = [rowOf(cases.masked, c), relevant];
    if (sampler)
      for (const part of [parts.train, parts.validation, parts.test]) closed.push(itemsOf(part.interactions, user));
    for (const items of closed) for (const item of items) marks[item] = 1;
    const negatives =
      candidates.use === 'sampled'
        ? sampler!(rng.fork(`user ${user}`), candidates.negatives, marks)
        : (candidates.given.byUser.get(user) ?? new Int32Array(0)).filter((item) => marks[item] === 0);
    const row = new Int32Array(relevant.length + negatives.length);
    row.set(relevant);
    row.set(negatives, relevant.length);
    rows.push(row.sort());
    for (const items of closed) for (const item of items) marks[item] = 0;
  }
  return rows.done();
};
