import type { ImportSources } from '../data/index.ts';
import type { Environment } from './environment.ts';
import type { ImportOptions } from './recommender.ts';

type Named = Pick<ImportOptions, 'interactions' | 'items' | 'users' | 'format'>;

/** The config's data files; or, where any are named, those alone, relative to the working directory. */
export const sourcesOf = ({ config, folder }: Environment, named: Named): ImportSources => {
  const { interactions, items, users } = config.data;
  if (named.interactions === undefined && named.items === undefined && named.users === undefined) {
    return { base: folder, interactions, items, users };
  }
  const format = named.format as never;
  const at = (path: string | undefined, columns: object | undefined) =>
    path === undefined ? undefined : { path, ...(format ? { format } : {}), ...(columns ? { columns } : {}) };
  return {
    base: process.cwd(),
    interactions: at(named.interactions, interactions?.columns),
    items: at(named.items, items?.columns),
    users: at(named.users, users?.columns),
  };
};
