const DAYS_LATER = 400;

let inside = 0;
let restore: () => void = () => {};

/**
 * Runs something on a later date and with other numbers from `Math.random`: by the globals `Date` and `Math.random`,
 * which are put back when the last of several running at once has ended.
 */
export const elsewhen = async <T>(run: () => Promise<T>): Promise<T> => {
  if (inside++ === 0) restore = replaceGlobals();
  try {
    return await run();
  } finally {
    if (--inside === 0) restore();
  }
};

const replaceGlobals = (): (() => void) => {
  const [RealDate, realRandom] = [Date, Math.random];
  const now = (): number => RealDate.now() + DAYS_LATER * 86_400_000;
  class LaterDate extends RealDate {
    constructor(...given: unknown[]) {
      super(...((given.length === 0 ? [now()] : given) as [number]));
    }
    static override now = now;
  }
  globalThis.Date = LaterDate as DateConstructor;
  Math.random = () => 1 - realRandom() ** 3;
  return () => {
    globalThis.Date = RealDate;
    Math.random = realRandom;
  };
};
