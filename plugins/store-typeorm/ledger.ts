import { type BundleRecord, type JobRecord, type Json, RecographError, type Store } from 'recograph';
import type { EntityManager } from 'typeorm';
import type { Database } from './database.ts';
import { type Activation, ActivationEntity, Bundle, Job, KeptStateEntity } from './entities.ts';
import type { WriteGate } from './gate.ts';

type Ledger = Pick<
  Store,
  | 'addBundle'
  | 'bundles'
  | 'activeBundle'
  | 'activateBundle'
  | 'rollbackBundle'
  | 'previousBundle'
  | 'deleteBundle'
  | 'putJob'
  | 'job'
  | 'jobs'
  | 'keptState'
  | 'putKeptState'
>;

/** Bundles, jobs and kept state: few and small records, through TypeORM. */
export const createLedger = (database: Database, gate: WriteGate, now: () => number): Ledger => {
  const write = database.writer.manager;
  const read = database.reader.manager;
  return {
    addBundle: (bundle) =>
      gate.write(async () => {
        if (await write.existsBy(Bundle, { id: bundle.id })) {
          throw new RecographError('CONFLICT', `bundle "${bundle.id}" exists already.`, { at: bundle.id });
        }
        await write.insert(Bundle, { ...bundle, metrics: bundle.metrics as object });
      }),
    bundles: async () =>
      (await read.find(Bundle, { order: { createdAt: 'DESC', id: 'ASC' } })) as unknown as BundleRecord[],
    activeBundle: async () => (await standing(read))[0]?.bundle,
    activateBundle: (id, expected) =>
      gate.write(async () => {
        const active = (await standing(write))[0]?.bundle;
        await mustExist(write, id);
        if (expected !== undefined && (expected ?? undefined) !== active) {
          throw new RecographError(
            'CONFLICT',
            `the active bundle is ${active ?? 'none'}, not ${expected ?? 'none'}; look again and decide anew.`,
            { at: id },
          );
        }
        if (active !== id) await write.insert(ActivationEntity, { bundle: id, at: now() });
      }),
    rollbackBundle: () =>
      gate.write(async () => {
        const [active, previous] = await standing(write);
        if (!active || !previous) {
          throw new RecographError('CONFLICT', 'no bundle was active before the present one; nothing to roll back to.');
        }
        await write.update(ActivationEntity, { seq: active.seq }, { undone: true });
        return previous.bundle;
      }),
    previousBundle: async () => (await standing(read))[1]?.bundle,
    deleteBundle: (id) =>
      gate.write(async () => {
        await mustExist(write, id);
        if ((await standing(write))[0]?.bundle === id) {
          throw new RecographError('CONFLICT', `bundle "${id}" is active; activate another one first.`, { at: id });
        }
        await write.delete(ActivationEntity, { bundle: id });
        await write.delete(Bundle, { id });
      }),

    putJob: (job) =>
      gate.write(async () => void (await write.upsert(Job, { ...job, detail: job.detail as object }, ['id']))),
    job: async (id) => ((await read.findOneBy(Job, { id })) ?? undefined) as unknown as JobRecord | undefined,
    jobs: async (first) =>
      (await read.find(Job, { order: { createdAt: 'DESC', id: 'ASC' }, take: first })) as unknown as JobRecord[],

    keptState: async (name) => (await read.findOneBy(KeptStateEntity, { name }))?.state as unknown as Json | undefined,
    putKeptState: (name, state) =>
      gate.write(async () => void (await write.upsert(KeptStateEntity, { name, state: state as object }, ['name']))),
  };
};

/** The active activation and the one before it. */
const standing = (manager: EntityManager): Promise<Activation[]> =>
  manager.find(ActivationEntity, { where: { undone: false }, order: { seq: 'DESC' }, take: 2 });

const mustExist = async (manager: EntityManager, id: string): Promise<void> => {
  if (!(await manager.existsBy(Bundle, { id }))) {
    throw new RecographError('UNKNOWN_BUNDLE', `no bundle has the id "${id}".`, { at: id });
  }
};
