/** The typed name of something injected. Two tokens are the same only when they are the same symbol. */
export type Token<T> = symbol & { readonly __type?: T };

const MAIN_ONLY = 'recograph:main-only:';
const ANYWHERE = 'recograph:';

/** `mainOnly`: offered in the main process alone, never in a worker (workers never write). */
export const defineToken = <T>(name: string, options: { mainOnly?: boolean } = {}): Token<T> =>
  Symbol.for(`${options.mainOnly ? MAIN_ONLY : ANYWHERE}${name}`) as Token<T>;

export const isMainOnly = (token: symbol): boolean => token.description?.startsWith(MAIN_ONLY) ?? false;

/** The name that the token was defined with. */
export const tokenName = (token: symbol): string =>
  (token.description ?? 'unnamed').replace(MAIN_ONLY, '').replace(ANYWHERE, '');
