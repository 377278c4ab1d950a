import { createHash } from 'node:crypto';
import type { Json } from '../spi/index.ts';
import { RecographError } from '../spi/index.ts';
import type { GivenCandidates } from './candidates/given.ts';
import { METRIC_DEFINITIONS, type MetricSlot } from './metrics/index.ts';
import type { Parts } from './parts.ts';

export type Mask = 'train' | 'train+validation' | 'none';

export type Candidates =
  | { readonly use: 'all' }
  | { readonly use: 'sampled'; readonly negatives: number; readonly by: 'uniform' | 'popularity' }
  | { readonly use: 'given'; readonly given: GivenCandidates };

/** How the parts came about and what is asked of the targets. */
export interface Protocol {
  /** The config's `evaluation.split`, or any description of the split. */
  readonly split: { readonly use: string } & Readonly<Record<string, unknown>>;
  readonly candidates: Candidates;
  readonly mask: Mask;
  /** `ndcg@10`, `auc`, ...: see docs/metrics.md. */
  readonly metrics: readonly MetricSlot[];
  /** Any 32-bit integer: draws sampled candidates, queries' seeds and bootstrap resamples. */
  readonly seed: number;
}

/** A protocol as a report carries it: what has to be equal for figures to be comparable. */
export interface ProtocolRecord {
  readonly split: Json;
  readonly candidates: Json;
  readonly mask: Mask;
  /** Only where something random was drawn: the split (a plugin's may be) or the candidates. */
  readonly seed?: number;
  /** SHA-256 of ids and events of all folds' parts, hex. */
  readonly data: { readonly train: string; readonly validation: string; readonly test: string };
  readonly definitions: number;
}

/** The record of a protocol over its folds. Paths stay out of it; contents are hashed instead. */
export const recordProtocol = (protocol: Protocol, folds: readonly Parts[]): ProtocolRecord => {
  const { split, candidates } = protocol;
  const random = split.use === 'random' || 'config' in split || candidates.use === 'sampled';
  return {
    split: split.use === 'given' || split.use === 'folds' ? { use: split.use } : (split as unknown as Json),
    candidates: candidates.use === 'given' ? { use: 'given', content: hashGiven(candidates.given) } : candidates,
    mask: protocol.mask,
    ...(random ? { seed: protocol.seed } : {}),
    data: hashParts(folds),
    definitions: METRIC_DEFINITIONS,
  };
};

/** SHA-256 of the record, hex; key order does not matter. */
export const fingerprintOf = (record: ProtocolRecord): string =>
  createHash('sha256').update(canonical(record)).digest('hex');

/** Throws PROTOCOL_MISMATCH naming every field in which two records differ. */
export const requireSameProtocol = (a: ProtocolRecord, b: ProtocolRecord): void => {
  const left = flat(a);
  const right = flat(b);
  const names = [...new Set([...left.keys(), ...right.keys()])].filter((name) => left.get(name) !== right.get(name));
  if (names.length === 0) return;
  const shown = names.map((name) => `${name} is ${left.get(name) ?? 'absent'} and ${right.get(name) ?? 'absent'}`);
  throw new RecographError(
    'PROTOCOL_MISMATCH',
    `The reports follow different protocols: ${shown.join('; ')}. Evaluate both under one protocol.`,
    { at: names.join(', ') },
  );
};

const sortKeys = (_key: string, value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

const canonical = (value: unknown): string => JSON.stringify(value, sortKeys);

/** Fields by dotted path, as text. */
const flat = (value: object, prefix = ''): Map<string, string> => {
  const fields = new Map<string, string>();
  for (const [key, field] of Object.entries(value)) {
    if (field === undefined) continue;
    if (field !== null && typeof field === 'object' && !Array.isArray(field)) {
      for (const [name, text] of flat(field, `${prefix}${key}.`)) fields.set(name, text);
    } else fields.set(prefix + key, canonical(field));
  }
  return fields;
};

const hashParts = (folds: readonly Parts[]): ProtocolRecord['data'] => {
  const hash = (part: keyof Parts): string => {
    const digest = createHash('sha256');
    for (const fold of folds) {
      const { users, items, interactions } = fold[part];
      for (const vocabulary of [users, items]) {
        const ids: string[] = [];
        for (let i = 0; i < vocabulary.size; i++) ids.push(vocabulary.id(i));
        digest.update(JSON.stringify(ids));
      }
      for (const column of ['users', 'items', 'values', 'weights', 'times'] as const) {
        const { buffer, byteOffset, byteLength } = interactions[column];
        digest.update(new Uint8Array(buffer, byteOffset, byteLength));
      }
    }
    return digest.digest('hex');
  };
  return { train: hash('train'), validation: hash('validation'), test: hash('test') };
};

const hashGiven = ({ byUser }: GivenCandidates): string => {
  const digest = createHash('sha256');
  for (const user of [...byUser.keys()].sort((a, b) => a - b)) {
    const items = byUser.get(user)!;
    digest.update(Int32Array.of(user, items.length)).update(items);
  }
  return digest.digest('hex');
};
