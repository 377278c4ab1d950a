import type { DataSource } from 'typeorm';

export type Row = Readonly<Record<string, unknown>>;

/** The statements of one connection, in the order they are given. */
export interface Sql {
  rows<R = Row>(text: string, parameters?: readonly unknown[]): Promise<readonly R[]>;
  /** INSERT, UPDATE or DELETE: how many rows it changed. */
  change(text: string, parameters?: readonly unknown[]): Promise<number>;
}

export const sqlOf = (connection: DataSource): Sql => {
  const runner = connection.createQueryRunner();
  return {
    rows: (text, parameters = []) => runner.query(text, [...parameters]),
    change: async (text, parameters = []) => (await runner.query(text, [...parameters], true)).affected ?? 0,
  };
};
