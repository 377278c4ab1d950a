/** Where a value is not what JSON keeps, in words (`json.since is a Date`); undefined where it is JSON throughout. */
export const jsonFault = (value: unknown, at: string): string | undefined => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${at} is ${value}`;
  if (typeof value !== 'object') return `${at} is ${value === undefined ? 'undefined' : `a ${typeof value}`}`;
  if (Array.isArray(value)) return firstFault(Array.from(value, (part, k) => [`${at}[${k}]`, part]));
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return `${at} is a ${prototype.constructor?.name}`;
  return firstFault(Object.entries(value).map(([key, part]) => [`${at}.${key}`, part]));
};

const firstFault = (parts: readonly (readonly [string, unknown])[]): string | undefined => {
  for (const [at, part] of parts) {
    const fault = jsonFault(part, at);
    if (fault !== undefined) return fault;
  }
  return undefined;
};
