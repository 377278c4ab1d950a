import type { Jiti } from 'jiti';

/**
 * Loads TypeScript and JavaScript modules of a user's project as seen from `parent` (a path or file URL). They get
 * this very instance of recograph, whichever copy Node would find and whether it runs from sources or from dist.
 * With `interopDefault` a module without a default export counts as its own default.
 */
export const createModuleLoader = async (parent: string, interopDefault = true): Promise<Jiti> => {
  const [{ createJiti }, core, math, nn] = await Promise.all([
    import('jiti'),
    import('recograph'),
    import('recograph/math'),
    import('recograph/nn'),
  ]);
  const virtualModules = { recograph: core, 'recograph/math': math, 'recograph/nn': nn };
  return createJiti(parent, { virtualModules, interopDefault });
};
