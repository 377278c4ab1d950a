import type { EventRecord } from 'recograph';
import { createRng } from 'recograph/math';
import { choose } from '../simulator/choice.ts';

export interface SessionsOptions {
  readonly sessions: number;
  readonly pages: number;
  readonly seed: number;
}

export interface Sessions {
  readonly events: readonly EventRecord[];
  /** The page that a visitor opens after these two: the true P(next | last, the one before), a value a page. */
  next(before: number, last: number): readonly number[];
  /** A session of that many pages that no event tells of. */
  draw(length: number, label: string): number[];
}

const START = Date.UTC(2025, 0, 1);
/** Pages that are in reach from another, and how much more likely each is than a page at random. */
const REACH = [6, 5, 4, 3];

/**
 * Visitors of a site whose next step depends on their last two pages alone: from page p they go on to one of four
 * pages that p leads to, rather in the direction in which they came.
 */
export const simulateSessions = ({ sessions, pages, seed }: SessionsOptions): Sessions => {
  const rng = createRng(seed);
  const links = Array.from({ length: pages }, (_, page) => {
    const draw = rng.fork(`links ${page}`);
    return REACH.map(() => draw.int(pages));
  });
  const utilities = (before: number, last: number): number[] => {
    const values = new Array<number>(pages).fill(0);
    // where somebody came from turns the order of what attracts them
    links[last]!.forEach((page, k) => {
      values[page]! += REACH[(k + before) % REACH.length]!;
    });
    return values;
  };
  const draw = (length: number, label: string): number[] => {
    const steps = rng.fork(label);
    const session = [steps.int(pages), steps.int(pages)];
    while (session.length < length) session.push(choose(utilities(session.at(-2)!, session.at(-1)!), steps));
    return session;
  };
  const events = Array.from({ length: sessions }, (_, s) =>
    draw(8, `session ${s}`).map(
      (page, k): EventRecord => ({
        user: `session-${s}`,
        item: `page-${page}`,
        type: 'view',
        value: null,
        time: START + s * 60_000 + k * 5_000,
      }),
    ),
  ).flat();
  return {
    events,
    draw,
    next: (before, last) => {
      const weights = utilities(before, last).map(Math.exp);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return weights.map((weight) => weight / total);
    },
  };
};
