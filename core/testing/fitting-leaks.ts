import type { Kind } from 'recograph';
import type { Bench } from './bench.ts';
import { type Check, expectThat } from './check.ts';
import { type Fitted, type Fitting, fitOn } from './fitting.ts';

/** Tensors and kernel memories are given back: while fitting, while answering, by dispose. */
export const leakChecks = <K extends Kind, F extends Fitted, Q>(kind: Fitting<K, F, Q>): Check[] => [
  kind.check('tensors: none stays', (bench) =>
    expectNoneStays(kind, bench, 'tensors', {
      called: 'tensors',
      fix: 'wrap tensor code in runtime.scope(() => ...), dispose what it returns, and free kept tensors in dispose().',
    }),
  ),
  kind.check('tensors: as many after each epoch', async (bench) => {
    const held = new Map<number, number>();
    await fitOn(kind, bench, { report: ({ epoch }) => held.set(epoch, bench.held().tensors) });
    const counts = [...held.values()];
    const [first = 0] = counts;
    const most = Math.max(first, ...counts);
    expectThat(most === first, () => ({
      expected: `no more than the ${first} tensors of the first epoch's end at that of a later one`,
      seen: `${most} after epoch ${[...held.keys()][counts.indexOf(most)]}`,
      fix: "wrap each step's tensors in runtime.scope(() => ...), and dispose what it returns.",
    }));
  }),
  kind.check('kernels: no memory stays', (bench) =>
    expectNoneStays(kind, bench, 'memories', {
      called: 'kernel memories',
      fix: 'release() each kernels.memory(): scratch in a finally, what the fitted component keeps in its dispose().',
    }),
  ),
];

const expectNoneStays = async <K extends Kind, F extends Fitted, Q>(
  kind: Fitting<K, F, Q>,
  bench: Bench<K>,
  what: 'tensors' | 'memories',
  { called, fix }: { readonly called: string; readonly fix: string },
): Promise<void> => {
  const questions = kind.questions(bench.data, bench);
  const before = bench.held()[what];
  const fitted = await fitOn(kind, bench);
  await kind.answers(fitted, questions);
  const once = bench.held()[what];
  await kind.answers(fitted, questions);
  const twice = bench.held()[what];
  fitted.dispose?.();
  const after = bench.held()[what];
  expectThat(twice === once && after === before, () => ({
    expected: `${before} ${called} after dispose, as before fit, and no more after answering twice than after once`,
    seen: `${once} after answering, ${twice} after answering again, ${after} after dispose`,
    fix,
  }));
};
