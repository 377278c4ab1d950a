import { canonicalJson } from '../registry/hash.ts';
import type { Config } from '../registry/sections/index.ts';

const SECTIONS = ['models', 'features', 'rankers', 'pipelines'] as const;

/**
 * What of a config has no effect until the next training: the names that were added, changed or removed since the
 * config that a bundle was trained by. Comments, the order of keys and settings of the server count for nothing.
 */
export const configDrift = (trained: Config, now: Config): string[] => {
  const differ = (a: unknown, b: unknown): boolean => canonicalJson(a ?? null) !== canonicalJson(b ?? null);
  const drift: string[] = [];
  for (const section of SECTIONS) {
    const [before, after] = [trained[section], now[section]] as Record<string, unknown>[];
    for (const name of new Set([...Object.keys(before!), ...Object.keys(after!)])) {
      if (!Object.hasOwn(before!, name)) drift.push(`${section}.${name} was added`);
      else if (!Object.hasOwn(after!, name)) drift.push(`${section}.${name} was removed`);
      else if (differ(before![name], after![name])) drift.push(`${section}.${name} was changed`);
    }
  }
  if (differ(trained.similar, now.similar)) drift.push('similar was changed');
  if (differ(trained.data.feedback, now.data.feedback)) drift.push('data.feedback was changed');
  return drift;
};
