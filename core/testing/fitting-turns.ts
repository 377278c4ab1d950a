import type { Kind, Progress } from 'recograph';
import { RecographError } from 'recograph';
import { fitOptions } from './bench.ts';
import { type Check, describeError, expectThat } from './check.ts';
import { expectTurns } from './event-loop.ts';
import { type Fitted, type Fitting, fitOn } from './fitting.ts';

/** A fit that takes long lets others have a turn, says how far it is, and ends when it is cancelled. */
export const turnChecks = <K extends Kind, F extends Fitted, Q>(kind: Fitting<K, F, Q>): Check[] => [
  kind.check('cancel: before it starts', async (bench) => {
    const signal = AbortSignal.abort();
    if (await isInstant(kind, bench)) return;
    await expectCancelled(fitOn(kind, bench, { signal }), 'a signal that was aborted before fit');
  }),
  kind.check('cancel: within one report', async (bench) => {
    const controller = new AbortController();
    let reports = 0;
    let aborted = false;
    const report = ({ epoch, epochs }: Progress) => {
      if (aborted) reports++;
      else if (epoch < epochs) {
        aborted = true;
        controller.abort();
      }
    };
    const fit = fitOn(kind, bench, { signal: controller.signal, report });
    if (await settles(fit, () => aborted)) await expectCancelled(fit, 'a signal that was aborted at a report');
    expectThat(reports <= 1, () => ({
      expected: 'fit to end within one report of being cancelled',
      seen: `${reports} reports after it`,
      fix: 'call throwIfCancelled(signal) (or await yieldToEvents(signal)) once a batch.',
    }));
  }),
  kind.check('cancel: at the first turn of the event loop', async (bench) => {
    const controller = new AbortController();
    const inputs = await bench.inputs(bench.data);
    const abort = setImmediate(() => controller.abort());
    const fit = kind.fit(bench, bench.data, inputs, fitOptions({ signal: controller.signal }));
    if (await settles(fit, () => controller.signal.aborted)) {
      await expectCancelled(fit, 'a signal that was aborted when fit had just begun');
    }
    clearImmediate(abort);
  }),
  kind.check('progress: reported, in order, finite', async (bench) => {
    const reports: Progress[] = [];
    await fitOn(kind, bench, { report: (progress) => reports.push({ ...progress }) });
    const silent = reports.length === 0 && !(await isInstant(kind, bench));
    const fault = silent ? 'no report' : progressFault(reports);
    expectThat(fault === undefined, () => ({
      expected: 'report() at least once, epochs from 1 up to `epochs` never falling, loss and fraction finite',
      seen: `${fault}`,
      fix: 'report({ epoch, epochs, loss }) after each epoch, counting from 1; one pass is epoch 1 of 1.',
    }));
  }),
  kind.check('turns: others have a turn while it fits', (bench) =>
    expectTurns(
      'fit on a small data set',
      FIT_BLOCK_MS,
      () => fitOn(kind, bench),
      'await yieldToEvents(signal) once a batch, and hand long loops to kernels.run or the runtime.',
    ),
  ),
  kind.check('turns: others have a turn while it answers', async (bench) => {
    const fitted = await fitOn(kind, bench);
    const questions = kind.questions(bench.data, bench);
    await expectTurns(
      `answering questions on a small data set`,
      ANSWER_BLOCK_MS,
      () => kind.answers(fitted, questions),
      'answer without waiting; hand long loops to kernels.topK or kernels.run; serving threads share their time.',
    );
  }),
];

const FIT_BLOCK_MS = 300;
const ANSWER_BLOCK_MS = 150;

/** A fit that ends before the event loop turns once: there is no moment in which it could be cancelled or watched. */
const isInstant = async <K extends Kind, F extends Fitted, Q>(
  kind: Fitting<K, F, Q>,
  bench: Parameters<Fitting<K, F, Q>['fit']>[0],
): Promise<boolean> => {
  const inputs = await bench.inputs(bench.data);
  let turned = false;
  const turn = setImmediate(() => {
    turned = true;
  });
  (await kind.fit(bench, bench.data, inputs, fitOptions())).dispose?.();
  clearImmediate(turn);
  return !turned;
};

/** True when `due()` holds once the fit has ended, whichever way. */
const settles = async (fit: Promise<unknown>, due: () => boolean): Promise<boolean> => {
  await fit.catch(() => {});
  return due();
};

const expectCancelled = async (fit: Promise<unknown>, situation: string): Promise<void> => {
  const outcome = await fit.then(
    () => 'a fitted component',
    (error: unknown) =>
      error instanceof RecographError && error.code === 'CANCELLED' ? undefined : describeError(error),
  );
  expectThat(outcome === undefined, () => ({
    expected: `RecographError CANCELLED under ${situation}`,
    seen: `${outcome}`,
    fix: 'call throwIfCancelled(signal) at the start of fit and once a batch; let its error pass.',
  }));
};

const progressFault = (reports: readonly Progress[]): string | undefined => {
  let last = 0;
  let done = 0;
  for (const { epoch, epochs, loss, fraction } of reports) {
    if (!(epoch >= last && epoch >= 1 && epoch <= epochs)) return `epoch ${epoch} of ${epochs} after epoch ${last}`;
    if (loss !== undefined && !Number.isFinite(loss)) return `loss ${loss} in epoch ${epoch}`;
    if (fraction !== undefined && !(fraction >= done && fraction <= 1)) return `fraction ${fraction} after ${done}`;
    last = epoch;
    done = fraction ?? done;
  }
  return undefined;
};
