import DataLoader from 'dataloader';
import type { ItemRecord, Recommender, UserRecord } from 'recograph';

/** What a request may do: each role may do what the ones before it may. */
export type Role = 'read' | 'write' | 'admin';

/** One request's world. Loaders gather the keys of one turn into one store query. */
export interface Context {
  readonly recommender: Recommender;
  readonly requestId: string;
  readonly role: Role;
  readonly items: DataLoader<string, ItemRecord | undefined>;
  readonly users: DataLoader<string, UserRecord | undefined>;
}

export const createContext = (recommender: Recommender, requestId: string, role: Role): Context => ({
  recommender,
  requestId,
  role,
  items: new DataLoader((ids) => recommender.items(ids).then((records) => [...records])),
  users: new DataLoader((ids) => recommender.store.users(ids).then((records) => [...records])),
});
