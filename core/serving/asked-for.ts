import { hash } from 'node:crypto';
import { canonicalJson } from '../data/records.ts';
import type { Json } from '../spi/index.ts';
import type { RecommendRequest } from './request.ts';

/** What a slate was asked for: a hash of each part of its request that says which items it lists. */
export type AskedFor = Readonly<Record<string, string>>;

/**
 * How many items, in what time and whether in pages makes no other list. Events that a session adds do not either: its
 * slate is frozen.
 */
export const askedFor = (request: RecommendRequest, pipeline: string): AskedFor => {
  const { target, context, filter, diversity, excludeSeen, excludeItems, bundle } = request;
  const who = 'session' in target ? { session: target.session.id } : target;
  const parts = { target: who, context, filter, pipeline, diversity, excludeSeen, excludeItems, bundle };
  return Object.fromEntries(
    Object.entries(parts).flatMap(([name, part]) => (isEmpty(part) ? [] : [[name, hashOf(part as Json)]])),
  );
};

/** The parts in which two requests differ. */
export const differences = (a: AskedFor, b: AskedFor): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]);

/** Nothing said, `{}` and `[]` ask for the same. */
const isEmpty = (part: unknown): boolean =>
  part === undefined || part === null || (typeof part === 'object' && Object.keys(part).length === 0);

const hashOf = (part: Json): string => hash('sha256', canonicalJson(part), 'base64url').slice(0, 16);
