import { createHash, timingSafeEqual } from 'node:crypto';
import type { Config } from 'recograph';
import type { Role } from '../context.ts';

/** A key as it is kept: its SHA-256, never itself. */
export type Key = Config['server']['keys'][number];

/** Says what the bearer of a key may do. */
export interface Keyring {
  /** No key is set: everybody who reaches the server may do everything. */
  readonly open: boolean;
  /** The greatest role of the key in an `Authorization: Bearer` header; undefined for none or an unknown one. */
  roleOf(authorization: string | undefined): Role | undefined;
}

const VARIABLES = [
  ['RECOGRAPH_READ_KEYS', 'read'],
  ['RECOGRAPH_WRITE_KEYS', 'write'],
  ['RECOGRAPH_ADMIN_KEYS', 'admin'],
] as const;

const digest = (key: string): Buffer => createHash('sha256').update(key).digest();

/** Plain keys, comma-separated, of RECOGRAPH_READ_KEYS, RECOGRAPH_WRITE_KEYS and RECOGRAPH_ADMIN_KEYS; only hashes are kept. */
export const keysFromEnvironment = (environment: Readonly<Record<string, string | undefined>>): Key[] =>
  VARIABLES.flatMap(([name, role]) =>
    (environment[name] ?? '')
      .split(',')
      .map((key) => key.trim())
      .filter((key) => key !== '')
      .map((key) => ({ role, sha256: digest(key).toString('hex') })),
  );

export const createKeyring = (keys: readonly Key[]): Keyring => {
  const known = (['admin', 'write', 'read'] as const).flatMap((role) =>
    keys.filter((key) => key.role === role).map(({ sha256 }) => ({ role, hash: Buffer.from(sha256, 'hex') })),
  );
  return {
    open: known.length === 0,
    roleOf: (authorization) => {
      const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
      if (given === undefined) return undefined;
      const hash = digest(given);
      // Every key is compared, so that the time says nothing of which one came close.
      return known.filter((key) => timingSafeEqual(key.hash, hash))[0]?.role;
    },
  };
};
