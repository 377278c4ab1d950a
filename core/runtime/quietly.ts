const REPEATED = /already (been )?(set|registered)/;

/**
 * Loads a tfjs package without its remarks that a kernel, backend or platform is there already: a second runtime in a
 * process brings a second copy of tfjs-core, and both share one registry. Anything else that warns is heard.
 */
export const quietly = async <T>(load: () => Promise<T>): Promise<T> => {
  const { warn } = console;
  console.warn = (...args: unknown[]) => {
    if (!REPEATED.test(String(args[0]))) warn.apply(console, args);
  };
  try {
    return await load();
  } finally {
    console.warn = warn;
  }
};
