/** The typed name of something injected. Two tokens are the same only when they are the same symbol. */
export type Token<T> = symbol & { readonly __type?: T };

/** Where a token is offered: everywhere, or in the main process alone (workers never write). */
const mainOnly = new Set<symbol>();

export const defineToken = <T>(name: string, options: { mainOnly?: boolean } = {}): Token<T> => {
  const token = Symbol.for(`recograph:${name}`) as Token<T>;
  if (options.mainOnly) mainOnly.add(token);
  return token;
};

export const isMainOnly = (token: symbol): boolean => mainOnly.has(token);
