/** Global ids of nodes: the type's name and the host's id, base64url, so that clients do not take them apart. */
export const toGlobalId = (type: string, id: string): string => Buffer.from(`${type}:${id}`).toString('base64url');

/** undefined for what is no global id. */
export const fromGlobalId = (globalId: string): { type: string; id: string } | undefined => {
  const text = Buffer.from(globalId, 'base64url').toString();
  const colon = text.indexOf(':');
  return colon > 0 && toGlobalId(text.slice(0, colon), text.slice(colon + 1)) === globalId
    ? { type: text.slice(0, colon), id: text.slice(colon + 1) }
    : undefined;
};
