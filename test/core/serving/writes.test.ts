import type { EventOutcome, EventRecord } from 'recograph';
import { expect, it } from 'vitest';
import { createWrites } from '../../../core/serving/writes.ts';

const CLICK: EventRecord = { user: 'u', item: 'i', type: 'click', value: null, time: 1 };

it('writes are settled when their events are stored and folded into kept states, not before', async () => {
  const done: string[] = [];
  let stored = (_outcomes: readonly EventOutcome[]): void => {};
  let folded = (): void => {};
  const writes = createWrites({
    store: { recordEvents: () => new Promise((resolve) => (stored = resolve)) },
    users: { writing: (_: unknown, write: () => Promise<unknown>) => write() },
    bundles: { use: (_: unknown, run: (served: object) => unknown) => run({ bundle: { keeps: { home: [{}] } } }) },
    kept: { fold: () => new Promise<void>((resolve) => (folded = resolve)) },
    slates: { find: () => undefined },
    feed: { listed: 0, records: new Map() },
    clock: { now: () => 1 },
    bounds: { feedback: {}, futureDays: 1 },
  } as never);
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  const recording = writes.recordEvents([CLICK]).then(() => done.push('recorded'));
  const settling = writes.settled().then(() => done.push('settled'));
  await turn();
  stored([{ status: 'accepted' }]);
  await turn();
  expect(done).toEqual([]);
  folded();
  await Promise.all([recording, settling]);
  expect(done).toEqual(['recorded', 'settled']);
  await writes.settled();
});
