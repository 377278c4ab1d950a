const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The 16 bytes of a recommendation's id, in hex; undefined = it is no UUID. */
export const idHex = (id: string): string | undefined =>
  UUID.test(id) ? id.replaceAll('-', '').toLowerCase() : undefined;

export const idOfHex = (hex: string): string =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-').toLowerCase();

/** Every id made before that time, ms, sorts before this one. */
export const firstIdOf = (time: number): string =>
  Math.max(0, Math.floor(time)).toString(16).padStart(12, '0').slice(-12).padEnd(32, '0');

/** When an id of version 7 was made, ms. */
export const timeOfHex = (hex: string): number => Number.parseInt(hex.slice(0, 12), 16);
