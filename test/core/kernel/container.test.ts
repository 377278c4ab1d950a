import { defineToken, RecographError } from 'recograph';
import { expect, it } from 'vitest';
import { createContainer, provide } from '../../../core/kernel/container.ts';

const number = defineToken<number>('number');
const text = defineToken<string>('text');
const store = defineToken<{ rows: number }>('store', { mainOnly: true });

const caught = (run: () => unknown): RecographError => {
  try {
    run();
  } catch (error) {
    return error as RecographError;
  }
  throw new Error('nothing was thrown');
};

it('gives a component exactly what its inject map names', () => {
  const container = createContainer({
    worker: false,
    providers: [
      provide(number, () => 7),
      provide(text, (get) => `n=${get(number)}`),
      provide(store, () => ({ rows: 1 })),
    ],
  });
  const deps = container.resolveDeps({ count: number, label: text }, 'models.x');
  const label: string = deps.label;
  expect({ ...deps }).toEqual({ count: 7, label: 'n=7' });
  expect(label).toBe('n=7');
  expect(container.resolveDeps({}, 'models.x')).toEqual({});
});

it('creates once, when first asked, and each container its own', () => {
  let created = 0;
  const providers = [provide(store, () => ({ rows: ++created }))];
  const [a, b] = [createContainer({ worker: false, providers }), createContainer({ worker: false, providers })];
  expect(created).toBe(0);
  expect(a.get(store)).toBe(a.get(store));
  expect(a.get(store)).not.toBe(b.get(store));
  expect(created).toBe(2);
});

it('refuses a token that nobody provides, naming who asked and what there is', () => {
  const container = createContainer({ worker: false, providers: [provide(number, () => 7)] });
  const error = caught(() => container.resolveDeps({ t: text }, 'models.taste'));
  expect(error).toBeInstanceOf(RecographError);
  expect(error).toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE', at: 'models.taste' });
  expect(error.message).toBe(
    'models.taste asks for "text", which is not offered here. Take "text" out of its `inject`, ' +
      'or provide it when creating the recommender. Offered: number.',
  );
});

it('refuses main-only tokens in a worker even where they are provided', () => {
  const container = createContainer({ worker: true, providers: [provide(store, () => ({ rows: 1 }))] });
  expect(caught(() => container.resolveDeps({ store }, 'pipelines.home.rerank[0]')).message).toBe(
    'pipelines.home.rerank[0] asks for "store", which the main process alone offers, and this is a worker: ' +
      'workers never write. Take "store" out of its `inject`. Offered: nothing.',
  );
});

it('names the circle of providers that need each other', () => {
  const providers = [provide(number, (get) => get(text).length), provide(text, (get) => String(get(number)))];
  const error = caught(() => createContainer({ worker: false, providers }).get(number));
  expect(error).toMatchObject({ code: 'CYCLE', message: 'The providers number -> text -> number need each other.' });
});

it('disposes in reverse order of creation, one after the other, once', async () => {
  const log: string[] = [];
  const slow = async (name: string) => {
    log.push(`${name} begins`);
    await Promise.resolve();
    log.push(`${name} ends`);
  };
  const container = createContainer({
    worker: false,
    providers: [
      provide(
        text,
        (get) => `${get(number)}`,
        () => slow('text'),
      ),
      provide(
        number,
        () => 1,
        () => slow('number'),
      ),
      provide(
        store,
        () => ({ rows: 0 }),
        () => slow('never created'),
      ),
    ],
  });
  container.get(text);
  await Promise.all([container.dispose(), container.dispose()]);
  await container.dispose();
  expect(log).toEqual(['text begins', 'text ends', 'number begins', 'number ends']);
  expect(caught(() => container.get(number)).message).toContain('after the recommender was closed');
});

it('disposes the others when one fails', async () => {
  const log: string[] = [];
  const fails = () => {
    throw new Error('no');
  };
  const container = createContainer({
    worker: false,
    providers: [
      provide(
        number,
        () => 1,
        () => void log.push('number'),
      ),
      provide(text, () => 'x', fails),
    ],
  });
  container.get(number);
  container.get(text);
  await expect(container.dispose()).rejects.toThrow('could not be closed');
  expect(log).toEqual(['number']);
});
