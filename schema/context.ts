import DataLoader from 'dataloader';
import type { ItemRecord, Recommender, UserRecord } from 'recograph';
import type { Suggest } from './suggest.ts';

/** What a request may do: each role may do what the ones before it may. */
export type Role = 'read' | 'write' | 'admin';

/** One HTTP request, for its log line, its figures and what it may do. */
export interface Call {
  readonly id: string;
  readonly role: Role;
  /** The first root field it asks for; set when its document is known. */
  operation: string;
  /** Codes of the errors it was answered with. */
  readonly errors: string[];
}

/** One request's world. Loaders gather the keys of one turn into one store query. */
export interface Context {
  readonly recommender: Recommender;
  readonly call: Call;
  readonly items: DataLoader<string, ItemRecord | undefined>;
  readonly users: DataLoader<string, UserRecord | undefined>;
  readonly suggest: Suggest;
}

export const createContext = (recommender: Recommender, suggest: Suggest, call: Call): Context => ({
  recommender,
  call,
  suggest,
  items: new DataLoader((ids) => recommender.items(ids).then((records) => [...records])),
  users: new DataLoader((ids) => recommender.store.users(ids).then((records) => [...records])),
});
