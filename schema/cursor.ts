import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Seals what a cursor holds, so that a forged one is told from a real one. Cursors end with the server's life. */
const key = randomBytes(32);
const mac = (body: string): string => createHmac('sha256', key).update(body).digest('base64url').slice(0, 16);

export const sealCursor = (kind: string, place: string): string => {
  const body = Buffer.from(JSON.stringify([kind, place])).toString('base64url');
  return `${body}.${mac(body)}`;
};

/** The place, or undefined for a cursor that was not made here for this kind of list. */
export const openCursor = (kind: string, cursor: string): string | undefined => {
  const [body = '', seal = ''] = cursor.split('.');
  const expected = mac(body);
  if (seal.length !== expected.length || !timingSafeEqual(Buffer.from(seal), Buffer.from(expected))) return undefined;
  const [madeFor, place] = JSON.parse(Buffer.from(body, 'base64url').toString()) as [string, string];
  return madeFor === kind ? place : undefined;
};
