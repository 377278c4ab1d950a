import type { EventRecord, ItemRecord, Json, UserRecord } from '../spi/index.ts';

const MAX_ID_BYTES = 1024;
/** Bytes of the name of an event's type. */
const MAX_TYPE_BYTES = 128;
const MAX_TEXT_LENGTH = 10_000;
const MAX_JSON_LENGTH = 1_000_000;
/** The newest time a JavaScript Date can hold, ms. */
export const MAX_TIME = 8.64e15;

/** Why `id` cannot be an id, or undefined: 1 byte to 1 kB of well-formed text without NUL. */
export const idProblem = (id: unknown, name: string, maxBytes = MAX_ID_BYTES): string | undefined => {
  if (typeof id !== 'string') return `${name} must be a string, not ${id === null ? 'null' : typeof id}`;
  if (id.length === 0) return `${name} is empty`;
  if (id.length > maxBytes || (id.length > maxBytes / 3 && Buffer.byteLength(id) > maxBytes)) {
    return `${name} is longer than ${maxBytes} bytes`;
  }
  if (/[\r\n]/.test(id)) return `${name} holds a line break`;
  return malformed(id, name);
};

/** Why `type` cannot name an event's type, or undefined: 1 to 128 bytes of well-formed text. */
export const typeProblem = (type: unknown): string | undefined => idProblem(type, 'type', MAX_TYPE_BYTES);

/** How many event types a store holds: what clients make up must not crowd out what the config names. */
export const MAX_EVENT_TYPES = 250;

const LONE_SURROGATE = /\p{Cs}/u;

const malformed = (text: string, name: string): string | undefined => {
  if (text.includes('\0')) return `${name} holds a NUL character`;
  return LONE_SURROGATE.test(text) ? `${name} holds a lone surrogate` : undefined;
};

const textProblem = (text: unknown, name: string): string | undefined => {
  if (text === undefined || text === null) return undefined;
  if (typeof text !== 'string') return `${name} must be a string, not ${typeof text}`;
  return text.length > MAX_TEXT_LENGTH ? `${name} is longer than ${MAX_TEXT_LENGTH} characters` : malformed(text, name);
};

/** JSON would turn NaN into null and drop functions silently: they are refused. */
const jsonProblem = (value: unknown, name: string, depth = 0): string | undefined => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${name} is ${value}, not a finite number`;
  if (typeof value !== 'object') return `${name} is a ${typeof value}, which JSON cannot hold`;
  if (depth > 20) return `${name} is nested more than 20 deep`;
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [key, inner] of entries) {
    const problem = jsonProblem(inner, `${name}.${key}`, depth + 1);
    if (problem) return problem;
  }
  return undefined;
};

export const objectProblem = (value: unknown, name: string): string | undefined => {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) return `${name} must be an object`;
  const problem = jsonProblem(value, name);
  if (problem) return problem;
  return JSON.stringify(value).length > MAX_JSON_LENGTH
    ? `${name} is longer than ${MAX_JSON_LENGTH} characters of JSON`
    : undefined;
};

export const timeProblem = (time: unknown): string | undefined => {
  if (typeof time !== 'number' || !Number.isFinite(time)) return `time is ${time}, not a finite number of milliseconds`;
  if (time < 0) return `time is ${time}; it must not be negative`;
  return time > MAX_TIME ? `time is ${time}, beyond the year 275760; it is in milliseconds` : undefined;
};

/** What is wrong with an event, or undefined. */
export const eventProblem = (event: EventRecord): string | undefined => {
  const { value } = event;
  return (
    idProblem(event.user, 'user') ??
    idProblem(event.item, 'item') ??
    typeProblem(event.type) ??
    (value === null || value === undefined || Number.isFinite(value)
      ? undefined
      : `value is ${value}, not a finite number`) ??
    timeProblem(event.time) ??
    objectProblem(event.context, 'context') ??
    (event.key === undefined || event.key === null ? undefined : idProblem(event.key, 'key')) ??
    (event.recommendationId === undefined || event.recommendationId === null
      ? undefined
      : idProblem(event.recommendationId, 'recommendationId'))
  );
};

/** What is wrong with an item of the catalogue, or undefined. */
export const itemProblem = (item: ItemRecord): string | undefined => {
  const { categories } = item;
  if (categories !== undefined && !Array.isArray(categories)) return 'categories must be a list of strings';
  for (const category of categories ?? []) {
    const problem = textProblem(category, 'categories');
    if (problem !== undefined || typeof category !== 'string') return problem ?? 'categories must be a list of strings';
  }
  return (
    idProblem(item.id, 'id') ??
    textProblem(item.title, 'title') ??
    textProblem(item.image, 'image') ??
    (item.available === undefined || typeof item.available === 'boolean'
      ? undefined
      : 'available must be true or false') ??
    objectProblem(item.attributes, 'attributes')
  );
};

/** What is wrong with a user's record, or undefined. */
export const userProblem = (user: UserRecord): string | undefined =>
  idProblem(user.id, 'id') ?? objectProblem(user.attributes, 'attributes');

/** JSON text whose equal objects give equal text: keys in code unit order. */
export const canonicalJson = (value: Json): string => {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value as Record<string, Json>).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
};
