import type { BundleRecord, JobRecord } from 'recograph';
import { EntitySchema } from 'typeorm';

const text = { type: 'text' } as const;
const integer = { type: 'integer' } as const;
/** JSON null is a value here, not the database's NULL. */
const json = {
  type: 'text',
  transformer: { to: (value: unknown) => JSON.stringify(value), from: (text: string) => JSON.parse(text) as unknown },
} as const;

/** TypeORM's types cannot follow the recursive Json. */
type Loose<R, K extends keyof R> = Omit<R, K> & { readonly [N in K]: object };

/** The tables that are read and written row by row; events and the catalogue go through SQL in bulk. */
export const Job = new EntitySchema<Loose<JobRecord, 'detail'>>({
  name: 'Job',
  tableName: 'jobs',
  columns: {
    id: { ...text, primary: true },
    kind: text,
    status: text,
    createdAt: integer,
    startedAt: { ...integer, nullable: true },
    endedAt: { ...integer, nullable: true },
    detail: json,
    error: { type: 'simple-json', nullable: true },
  },
});

export const Bundle = new EntitySchema<Loose<BundleRecord, 'metrics'>>({
  name: 'Bundle',
  tableName: 'bundles',
  columns: { id: { ...text, primary: true }, createdAt: integer, configHash: text, metrics: json, folder: text },
});

export interface Activation {
  readonly seq: number;
  readonly bundle: string;
  readonly at: number;
  readonly undone: boolean;
}

/** Who was active when; the newest one that was not rolled back is active. */
export const ActivationEntity = new EntitySchema<Activation>({
  name: 'Activation',
  tableName: 'activations',
  columns: {
    seq: { ...integer, primary: true, generated: 'increment' },
    bundle: text,
    at: integer,
    undone: { type: 'boolean', default: false },
  },
});

export interface KeptState {
  readonly name: string;
  readonly state: object;
}

export const KeptStateEntity = new EntitySchema<KeptState>({
  name: 'KeptState',
  tableName: 'kept_states',
  columns: { name: { ...text, primary: true }, state: json },
});

export const entities = [Job, Bundle, ActivationEntity, KeptStateEntity];
